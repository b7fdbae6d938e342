// Which part of a picture the loupe shows.

/** As in review/mouth_path.py: three numbers every so many frames, in thousandths. */
const KEY_FRAMES = 5;
const SCALE = 1000;

/**
 * Where the mouth is in a frame, between the frames that the page was told.
 *
 * @param {number[]} mouth x, y and height of each key frame, in thousandths of the picture
 * @param {number} frame of the cut, from 0
 * @returns {{x: number, y: number, height: number} | null} shares of the picture's width and
 *   height; null: no face was followed
 */
export const mouthAt = (mouth, frame) => {
  const keys = mouth.length / 3;
  if (!keys) return null;
  const at = Math.min(keys - 1, Math.max(0, frame / KEY_FRAMES));
  const [low, high] = [Math.floor(at), Math.min(keys - 1, Math.floor(at) + 1)];
  const mixed = (index) => {
    const [from, to] = [mouth[3 * low + index], mouth[3 * high + index]];
    return (from + (to - from) * (at - low)) / SCALE;
  };
  return { x: mixed(0), y: mixed(1), height: mixed(2) };
};

/**
 * The part of a picture around a mouth, as wide as the place where it is shown and no further than
 * the picture's edge.
 *
 * @param {{x: number, y: number, height: number}} mouth
 * @param {[number, number]} picture width and height in pixels
 * @param {number} aspect width by height of the place
 * @returns {[number, number, number, number]} left, top, width and height in pixels
 */
export const cropOf = ({ x, y, height }, [pictureWidth, pictureHeight], aspect) => {
  const high = Math.min(height * pictureHeight, pictureHeight, pictureWidth / aspect);
  const wide = high * aspect;
  const within = (middle, size, all) => Math.min(all - size, Math.max(0, middle - size / 2));
  return [
    within(x * pictureWidth, wide, pictureWidth),
    within(y * pictureHeight, high, pictureHeight),
    wide,
    high,
  ];
};
