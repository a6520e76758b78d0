"""What every page needs: access declarations, headers, errors, base form, languages, charts."""
