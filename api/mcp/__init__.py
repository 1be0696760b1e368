"""Holds the door for chatbots: the Model Context Protocol at /mcp. Decides nothing; answers as the routes do."""
