"""JSON documents that agatston wrote, held against the JSON Schemas that it prints, by the package jsonschema.

    documents.py AGATSTON result=FILE.json [compare=FILE.json] [inspection=FILE.json] ...
"""

import json
import pathlib
import subprocess
import sys

import jsonschema

from checked import Checked


def main(agatston, *documents):
    check = Checked("JSON")
    for argument in documents:
        kind, path = argument.split("=", 1)
        schema = json.loads(subprocess.run([agatston, "schema", kind], check=True, capture_output=True).stdout)
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        document = json.loads(pathlib.Path(path).read_text())
        errors = [error.message for error in validator(schema).iter_errors(document)]
        check.that(not errors, f"{pathlib.Path(path).name} is what the schema of {kind} says", "; ".join(errors[:3]))
        document["total" if kind == "result" else "schema"] = 7
        check.that(not validator(schema).is_valid(document), f"the schema of {kind} notices a number in a wrong place")
    check.end()


main(*sys.argv[1:])
