"""The REST API's common part: viewsets over the same door as the pages, one way to refuse."""
