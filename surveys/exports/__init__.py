"""What leaves a survey as tables: figures for everybody, responses one by one for who may, and what the columns mean.

figures     the public figures as rows
responses   one row per response, in an order that tells nothing
open_data   responses for everybody, where nobody can be recognised by them
dictionary  what each column means
making      the job that writes the file, and what asks for it
"""

from .figures import results_rows

__all__ = ["results_rows"]
