"""DICOM objects that agatston wrote, stored in Orthanc over DICOMweb and fetched again: nothing may change.

    archive.py FILE.dcm [FILE.dcm ...]

Starts an Orthanc of its own on 127.0.0.1 and stops it.
"""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import pydicom
from dicomweb_client.api import DICOMwebClient

from checked import Checked

PLUGINS = ["/usr/share/orthanc/plugins", "/usr/lib/orthanc"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def started(folder, port):
    """Orthanc on a port of 127.0.0.1, with an empty store."""
    plugins = [str(p) for at in PLUGINS for p in sorted(pathlib.Path(at).glob("*OrthancDicomWeb.so*"))][:1]
    configuration = {
        "Name": "interop",
        "StorageDirectory": f"{folder}/store",
        "IndexDirectory": f"{folder}/store",
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "Plugins": plugins,
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    path = pathlib.Path(folder, "orthanc.json")
    path.write_text(json.dumps(configuration))
    log = open(f"{folder}/log", "wb")
    return subprocess.Popen(["Orthanc", str(path)], stdout=log, stderr=log)


def wait_for(port, server):
    for _ in range(300):
        if server.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/system", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def main(files):
    check = Checked("Orthanc")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = started(folder, port)
        try:
            if not wait_for(port, server):
                sys.exit(f"Orthanc did not start:\n{pathlib.Path(folder, 'log').read_text(errors='replace')}")
            client = DICOMwebClient(f"http://127.0.0.1:{port}/dicom-web")
            for file in files:
                store_and_fetch(check, client, pathlib.Path(file), port)
        finally:
            server.terminate()
            server.wait()
    check.end()


def store_and_fetch(check, client, file, port):
    sent = pydicom.dcmread(file)
    answer = client.store_instances([sent])
    stored = answer.get("ReferencedSOPSequence", []) if answer is not None else []
    check.that(len(stored) == 1, f"{file.name} is stored over STOW-RS")
    uids = sent.StudyInstanceUID, sent.SeriesInstanceUID, sent.SOPInstanceUID
    back = client.retrieve_instance(*uids)
    check.that(back == sent, f"{file.name} comes back over WADO-RS with every element as it was", f"{len(list(sent.iterall()))} elements")
    found = client.search_for_instances(*uids[:2])
    check.that(len(found) == 1, f"{file.name} is found over QIDO-RS")
    lookup = urllib.request.Request(f"http://127.0.0.1:{port}/tools/lookup", sent.SOPInstanceUID.encode())
    with urllib.request.urlopen(lookup) as answer:
        [entry] = [e for e in json.load(answer) if e["Type"] == "Instance"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/instances/{entry['ID']}/file") as answer:
        kept = pydicom.dcmread(pydicom.filebase.DicomBytesIO(answer.read()))
    check.that(kept == sent, f"{file.name} is kept with every element as it was")


main(sys.argv[1:])
