/**
 * A frame number as non-drop timecode (SMPTE ST 12-1), HH:MM:SS:FF.
 *
 * @param {number} frame counted from 0
 * @param {number} rate frames per second; counted at the nearest whole rate
 */
export const timecode = (frame, rate) => {
  const base = Math.max(1, Math.round(rate));
  const seconds = Math.floor(frame / base);
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60, frame % base]
    .map((part) => String(Math.floor(part)).padStart(2, "0"))
    .join(":");
};
