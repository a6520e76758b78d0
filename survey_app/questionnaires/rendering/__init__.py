"""Pages of a questionnaire: what is asked, as semantic HTML, and what was answered; one handler per item type."""
