"""Calibration of the gate by labelled drafts."""
