"""A survey on paper: what stands on its sheets, as a page and as PDF; its poster."""
