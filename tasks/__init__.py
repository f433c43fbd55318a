"""What one step of the pipeline does. Knows no schedule and no order: that is flows/."""
