"""What a folder of exports holds, told to a person, and the files to start from."""
