"""What the product is measured against, and how its cost grows."""
