#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fills an API server with the dump of plimsoll_generate and as many other objects as make the wanted number.

Usage: seed_cluster.py SERVER_FOLDER DUMP.json OTHER_OBJECTS
"""
import base64
import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import kube_client  # noqa: E402


def as_created(item):
    """Without what the server decides itself."""
    meta = item["metadata"]
    for name in ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink"):
        meta.pop(name, None)
    spec = item.get("spec", {})
    for pod in (spec, spec.get("template", {}).get("spec", {})):
        make_valid(pod)
    if item["kind"] == "Service":
        for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
            item.get("spec", {}).pop(name, None)
        for port in item.get("spec", {}).get("ports", []):
            port.pop("nodePort", None)
    return item


def make_valid(pod):
    """What validation refuses and a generator does not mind: it would leave fewer pods than wanted."""
    ports = set()
    for container in pod.get("initContainers", []) + pod.get("containers", []):
        security = container.get("securityContext", {})
        if security.get("privileged") or "SYS_ADMIN" in security.get("capabilities", {}).get("add", []):
            security.pop("allowPrivilegeEscalation", None)
        for port in container.get("ports", []):
            # In the network of the node every port is one of the node.
            host = port.get("hostPort") or (port["containerPort"] if pod.get("hostNetwork") else 0)
            if host and (host, port.get("protocol")) in ports:
                host = next(n for n in range(20000, 21000) if (n, port.get("protocol")) not in ports)
                port["containerPort"] = port["hostPort"] = host
            ports.add((host, port.get("protocol")))


def fillers(count, namespaces):
    """ConfigMaps, Secrets and Endpoints in equal parts."""
    dice = random.Random(1)
    for number in range(count):
        meta = {"name": "filler-%05d" % number, "namespace": namespaces[number % len(namespaces)],
                "labels": {"app.kubernetes.io/name": "filler-%d" % (number % 97)}}
        text = "".join("setting-%d = value %d\n" % (n, dice.randrange(10**6)) for n in range(30))
        if number % 3 == 0:
            yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"settings.ini": text}}
        elif number % 3 == 1:
            value = base64.b64encode(dice.randbytes(300)).decode()
            yield {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": {"password": value}}
        else:
            addresses = [{"ip": "10.%d.%d.%d" % (n, number // 250, number % 250 + 1)} for n in range(1, 6)]
            yield {"apiVersion": "v1", "kind": "Endpoints", "metadata": meta,
                   "subsets": [{"addresses": addresses, "ports": [{"port": 8080, "protocol": "TCP"}]}]}


def count(client, path):
    page = client.get(path + "?limit=1")
    return len(page["items"]) + page["metadata"].get("remainingItemCount", 0)


def main():
    folder, dump, others = sys.argv[1], sys.argv[2], int(sys.argv[3])
    begun = time.monotonic()
    with open(dump) as file:
        items = [as_created(item) for item in json.load(file)["items"]]
    pods = sum(item["kind"] == "Pod" for item in items)
    namespaces = sorted(item["metadata"]["name"] for item in items if item["kind"] == "Namespace")
    items += list(fillers(others - (len(items) - pods), namespaces))
    faults = kube_client.create_all(folder, items)
    # Counted at the server: what was sent is not what is there.
    client = kube_client.Client(folder)
    print("the server has %d pods after %.0f s; %d of %d objects were refused"
          % (count(client, "/api/v1/pods"), time.monotonic() - begun, len(faults), len(items)))
    for fault in faults[:5]:
        print("  " + fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
