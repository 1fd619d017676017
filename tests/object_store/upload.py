"""Uploads a folder to a new bucket under a prefix, and a neighbour that is none of it. upload.py FOLDER BUCKET PREFIX

Empty folders become what tools of S3 make of them: an object without bytes whose name ends in a slash."""

import sys
from pathlib import Path

import boto3

folder, bucket, prefix = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
s3 = boto3.client("s3")
s3.create_bucket(Bucket=bucket)
count = 0
for path in sorted(folder.rglob("*")):
    key = f"{prefix}/{path.relative_to(folder).as_posix()}"
    if path.is_file():
        s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
        count += 1
    elif not any(path.iterdir()):
        s3.put_object(Bucket=bucket, Key=f"{key}/", Body=b"")
s3.put_object(Bucket=bucket, Key=f"{prefix}-of-others/1", Body=b"not to be seen")
s3.put_object(Bucket=bucket, Key=f"{prefix}/plain/", Body=b"")
print(f"{count} objects uploaded")
