"""An avatar that talks now: sound in, a talking picture out, frame by frame; see docs/live.md."""
