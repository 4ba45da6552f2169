"""Arrays to numbers: adversarial losses of raw scores, and penalties on a critic."""
