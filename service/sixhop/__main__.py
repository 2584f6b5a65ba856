"""`python -m sixhop`: the command, where its script is not on the path."""

from sixhop.cli.main import main

if __name__ == "__main__":
    main()
