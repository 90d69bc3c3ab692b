# SPDX-License-Identifier: Apache-2.0
"""What the server of the tests is filled with: a small shop, and values that must never leave it."""
import base64
import gzip
import json
import os
import zlib

namespaces = ("shop", "backend", "empty")


class Marks:
    """Random values, one for each place where a secret can stand, and the search for them."""

    def __init__(self):
        self.values = {}

    def new(self, place):
        # Letters and digits between what JSON, URLs and shells write differently: the middle is found in all of them.
        self.values[place] = "Zq" + os.urandom(15).hex()
        return 'a"&\\ ' + self.values[place] + "%<'b"

    @staticmethod
    def forms(value):
        raw = value.encode()
        yield "plain", raw
        yield "reversed", raw[::-1]
        yield "UTF-16", value.encode("utf-16-le")
        yield "hex", raw.hex().encode()
        yield "HEX", raw.hex().upper().encode()
        yield "URL", b"".join(b"%%%02X" % byte for byte in raw)
        for shift in range(3):
            # Whole groups only: the characters at both ends also depend on what stands beside the value.
            code = base64.b64encode(b"\0" * shift + raw)[4 if shift else 0:]
            code = code[: (shift + len(raw)) // 3 * 4 - (4 if shift else 0)]
            yield "base64 at %d" % shift, code
            yield "base64 twice at %d" % shift, base64.b64encode(code)[:-4]

    def found(self, data):
        """[place and form of everything that is in data], also in gzip streams in it and in base64 of them."""
        out = []
        for place, value in self.values.items():
            out += ["%s (%s)" % (place, form) for form, text in self.forms(value) if text in data]
        return out + [hit + " in gzip" for inner in self._unpacked(data) for hit in self.found(inner)]

    @staticmethod
    def _unpacked(data):
        start = data.find(b"\x1f\x8b\x08")
        while start >= 0:
            try:
                inner = zlib.decompressobj(31).decompress(data[start:start + (1 << 20)], 1 << 24)
                if inner:
                    yield inner
            except zlib.error:
                pass
            start = data.find(b"\x1f\x8b\x08", start + 1)
        for magic in (b"H4sI", b"SDRzS"):
            start = data.find(magic)
            while start >= 0:
                end = start
                while end < len(data) and (chr(data[end]).isalnum() or data[end] in b"+/=") and end - start < 1 << 20:
                    end += 1
                try:
                    yield base64.b64decode(data[start:start + (end - start) // 4 * 4])
                except ValueError:
                    pass
                start = data.find(magic, start + 4)


def encoded(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def custom_kind(group, plural, kind, scope):
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": plural + "." + group},
            "spec": {"group": group, "scope": scope, "names": {"plural": plural, "kind": kind, "singular": kind.lower()},
                     "versions": [{"name": "v1", "served": True, "storage": True,
                                   "schema": {"openAPIV3Schema": schema}}]}}


def secrets(marks):
    opaque = {"password": encoded(marks.new("data")), "token": encoded(marks.new("second data"))}
    applied = json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "database"},
                          "stringData": {"password": marks.new("last-applied, plain")},
                          "data": {"password": encoded(marks.new("last-applied, base64"))}})
    release = encoded(gzip.compress(json.dumps({"config": {"password": marks.new("helm release")}}).encode()))
    docker = json.dumps({"auths": {"registry.example.com": {"auth": encoded("me:" + marks.new("docker config"))}}})
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "database", "namespace": "shop", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": applied}},
         "data": opaque, "stringData": {"url": "postgres://me@db/" + marks.new("stringData")}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "sh.helm.release.v1.shop.v1", "namespace": "shop"},
         "type": "helm.sh/release.v1", "data": {"release": encoded(release)}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull", "namespace": "backend"},
         "type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": encoded(docker)}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bulky", "namespace": "backend"},
         "data": {"key-%d" % n: encoded(os.urandom(40000) + marks.new("bulky %d" % n).encode()) for n in range(8)}},
    ]


def pod_spec(marks, place):
    return {"serviceAccountName": "default", "hostNetwork": place == "env of a pod", "containers": [
        {"name": "main", "image": "registry.example.com/shop:1.0", "env": [
            {"name": "DATABASE_PASSWORD", "value": marks.new(place)},
            {"name": "FROM_SECRET", "valueFrom": {"secretKeyRef": {"name": "database", "key": "password"}}}],
         "args": ["--password=" + marks.new("argument, " + place)]}]}


def objects(marks):
    """Namespaces and kinds first, as they are created in this order."""
    out = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in namespaces]
    out += [custom_kind("shop.example.com", "widgets", "Widget", "Namespaced"),
            custom_kind("shop.example.com", "plants", "Plant", "Cluster"),
            custom_kind("cert-manager.io", "issuers", "Issuer", "Namespaced")]
    for ns in ("shop", "backend"):
        meta = lambda name, ns=ns: {"name": name, "namespace": ns, "labels": {"app": name}}  # noqa: E731
        template = {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec(marks, "env of a deployment, " + ns)}
        out += [
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("web"),
             "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template}},
            {"apiVersion": "v1", "kind": "Service", "metadata": meta("web"),
             "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta("deny"),
             "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}},
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("settings"),
             "data": {"password": marks.new("ConfigMap, " + ns), "plain": "kept-" + ns}},
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": meta("reader"),
             "rules": [{"apiGroups": [""], "resources": ["pods", "configmaps"], "verbs": ["list"]}]},
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta("default")},
        ]
        out += [{"apiVersion": "v1", "kind": "Pod", "metadata": meta("pod-%d" % n), "spec": pod_spec(
            marks, "env of a pod" if n == 0 else "env")} for n in range(3)]
    out += secrets(marks)
    # More than one page of 500.
    out += [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "many-%04d" % n, "namespace": "backend"},
             "data": {"number": str(n)}} for n in range(1100)]
    return out


def custom_objects():
    return [{"apiVersion": "shop.example.com/v1", "kind": "Widget", "metadata": {"name": "blue", "namespace": "shop"},
             "spec": {"size": 3}},
            {"apiVersion": "shop.example.com/v1", "kind": "Plant", "metadata": {"name": "north"}, "spec": {}},
            {"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca", "namespace": "shop"}}]


def few_rights():
    """The restricted user: pods and ConfigMaps of one namespace, and which namespaces there are."""
    user = [{"kind": "User", "name": "restricted", "apiGroup": "rbac.authorization.k8s.io"}]
    return [
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"name": "restricted", "namespace": "shop"}, "subjects": user,
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "see-namespaces"},
         "rules": [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["list"]}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
         "metadata": {"name": "see-namespaces"}, "subjects": user,
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "see-namespaces"}}]
