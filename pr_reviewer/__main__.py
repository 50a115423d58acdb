"""`python -P -m pr_reviewer` is the console script."""

from pr_reviewer.cli import main

if __name__ == "__main__":
    main()
