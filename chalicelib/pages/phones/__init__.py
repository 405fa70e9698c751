"""The page that sets a phone up as its driver's."""
