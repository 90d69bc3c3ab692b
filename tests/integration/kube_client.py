# SPDX-License-Identifier: Apache-2.0
"""What the integration tests and the benchmark need of an API server: discovery, lists, and creating many objects."""
import http.client
import json
import multiprocessing
import os
import ssl


class Client:
    """One connection, as the administrator (by certificate) or as a user of the token file."""

    def __init__(self, folder, user="admin"):
        self.folder = folder
        self.context = ssl.create_default_context(cafile=os.path.join(folder, "ca.crt"))
        self.headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if user == "admin":
            self.context.load_cert_chain(os.path.join(folder, "admin.crt"), os.path.join(folder, "admin.key"))
        else:
            with open(os.path.join(folder, user + ".token")) as file:
                self.headers["Authorization"] = "Bearer " + file.read().strip()
        with open(os.path.join(folder, "port")) as file:
            self.port = int(file.read())
        self.connection = None

    def request(self, method, path, body=None):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        for attempt in range(3):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context)
                self.connection.request(method, path, body, self.headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == 2:
                    raise

    def get(self, path):
        status, body = self.request("GET", path)
        return json.loads(body) if status == 200 else None

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def resources(self):
        """All kinds that can be listed, once each: at the version their group prefers."""
        out = [dict(item, group="", version="v1", base="/api/v1") for item in self.get("/api/v1")["resources"]]
        for group in self.get("/apis")["groups"]:
            known = set()
            preferred = group["preferredVersion"]["version"]
            versions = [preferred] + [v["version"] for v in group["versions"] if v["version"] != preferred]
            for version in versions:
                base = "/apis/" + group["name"] + "/" + version
                listed = [r for r in (self.get(base) or {}).get("resources", []) if r["name"] not in known]
                known.update(r["name"] for r in listed)
                out += [dict(item, group=group["name"], version=version, base=base) for item in listed]
        return [r for r in out if "/" not in r["name"] and "list" in r["verbs"]]


def group_version_base(api_version):
    return "/api/v1" if api_version == "v1" else "/apis/" + api_version


# Kind, plural and whether it lives in a namespace, of what is created before custom resources are known.
def plural_table(client):
    table = {}
    bases = ["/api/v1"]
    for group in client.get("/apis")["groups"]:
        bases += ["/apis/" + version["groupVersion"] for version in group["versions"]]
    for base in bases:
        for item in (client.get(base) or {}).get("resources", []):
            if "/" not in item["name"]:
                table[(base, item["kind"])] = (item["name"], item["namespaced"])
    return table


def path_of(table, item):
    base = group_version_base(item["apiVersion"])
    plural, namespaced = table[(base, item["kind"])]
    if namespaced:
        return base + "/namespaces/" + item["metadata"].get("namespace", "default") + "/" + plural
    return base + "/" + plural


def create(client, table, item):
    """Creates it, and gives it its status as a controller or a kubelet would. Returns "" or what went wrong."""
    path = path_of(table, item)
    status, body = client.request("POST", path, item)
    if status == 409:
        return ""
    if status >= 300:
        return "%s %s: %d %s" % (item["kind"], item["metadata"]["name"], status, body[:300].decode(errors="replace"))
    if item["kind"] in ("Pod", "Node", "Deployment", "ReplicaSet") and item.get("status"):
        made = json.loads(body)
        made["status"] = item["status"]
        status, body = client.request("PUT", path + "/" + item["metadata"]["name"] + "/status", made)
        if status >= 300:
            return "status of %s: %d %s" % (item["metadata"]["name"], status, body[:300].decode(errors="replace"))
    return ""


def _create_share(arguments):
    folder, table, items, first, step = arguments
    client = Client(folder)
    faults = []
    for index in range(first, len(items), step):
        fault = create(client, table, items[index])
        if fault:
            faults.append(fault)
    client.close()
    return faults


def create_all(folder, items, workers=8):
    """Namespaces first, then the rest over several connections."""
    client = Client(folder)
    table = plural_table(client)
    first_kinds = ("Namespace", "PriorityClass", "CustomResourceDefinition", "ClusterRole", "Role")
    first = [item for item in items if item["kind"] in first_kinds]
    rest = [item for item in items if item["kind"] not in first_kinds]
    alone = first + rest if len(rest) < 200 else first
    faults = [fault for fault in (create(client, table, item) for item in alone) if fault]
    client.close()
    if len(rest) < 200:
        return faults
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        shares = [(folder, table, rest[n::workers], 0, 1) for n in range(workers)]
        for part in pool.imap_unordered(_create_share, shares):
            faults += part
    return faults
