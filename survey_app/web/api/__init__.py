"""What every resource of the REST API needs: bodies read and checked, refusals as problems, the document of it all."""
