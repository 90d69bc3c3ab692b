#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Marked values in every place where a secret can stand, and the proof that none of them leaves the program: not by
output, files, errors or the memory of the process. Usage: planted.py BUILD_FOLDER/bin/plimsoll [unittest arguments]"""
import base64
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import marked  # noqa: E402

program = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
applied = "kubectl.kubernetes.io/last-applied-configuration"
coming_formats = ("sarif", "html", "csv", "junit", "oscal", "markdown")
kept = "kept-in-sight"


class Marks(marked.Marks):
    def new(self, place):
        super().new(place)
        return self.values[place]


def encoded(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def meta(name, **more):
    return {"name": name, "namespace": "shop", **more}


def helm_release(mark):
    manifest = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: " + mark + "\n"
    return gzip.compress(json.dumps({"name": "shop", "config": {"password": mark}, "manifest": manifest}).encode())


def secrets(marks):
    copy = json.dumps({"kind": "Secret", "data": {"password": encoded(marks.new("copy of data"))},
                       "stringData": {"password": marks.new("copy of stringData")}})
    docker = json.dumps({"auths": {"r.example.com": {"auth": encoded("me:" + marks.new("registry login"))}}})
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": meta("database", annotations={applied: copy}),
         "data": {"password": encoded(marks.new("data"))}, "stringData": {"url": marks.new("stringData")}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": meta("pull"), "type": "kubernetes.io/dockerconfigjson",
         "data": {".dockerconfigjson": encoded(docker)}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": meta("sh.helm.release.v1.shop.v1", labels={"owner": "helm"}),
         "type": "helm.sh/release.v1",
         "data": {"release": encoded(encoded(helm_release(marks.new("Helm release in a Secret"))))}},
    ]


def config_maps(marks):
    lines = "db.user=shop\ndb.password=" + marks.new("file in a ConfigMap") + "\n"
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("settings"), "data": {
            "plain": kept, "password": marks.new("key of a ConfigMap"), "app.properties": lines,
            "encoded": encoded("api_token=" + marks.new("base64 in a ConfigMap") + "\n"),
            "url": "postgres://shop:" + marks.new("URL in a ConfigMap") + "@db/shop",
            "config.json": json.dumps({"db": {"password": marks.new("JSON in a ConfigMap")}})},
         "binaryData": {"app.conf": encoded("password = " + marks.new("binaryData") + "\n")}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("shop.v1", labels={"OWNER": "TILLER"}),
         "data": {"release": encoded(helm_release(marks.new("Helm release in a ConfigMap")))}},
    ]


def workloads(marks):
    def container(place):
        return {"name": "web", "image": "r.example.com/web:1",
                "env": [{"name": "DB_PASSWORD", "value": marks.new("env, " + place)},
                        {"name": "DATABASE_URL", "value": "postgres://shop:%s@db/shop" % marks.new("URL, " + place)}],
                "command": ["/bin/sh", "-c", "mysql -uroot -p%s -e x" % marks.new("shell, " + place)],
                "args": ["--password=" + marks.new("argument, " + place), "--token", marks.new("two, " + place)],
                "securityContext": {"privileged": True}}
    copy = json.dumps({"kind": "Deployment", "spec": {"template": {"spec": {"containers": [container("last-applied")]}}}})
    notes = {applied: copy, "ci.example.com/clone": "https://ci:%s@git.example.com/a.git" % marks.new("annotation")}
    labels = {"app": "web"}
    return [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("web", annotations=notes),
         "spec": {"selector": {"matchLabels": labels},
                  "template": {"metadata": {"labels": labels}, "spec": {"containers": [container("template")]}}}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta("tool", labels=labels),
         "spec": {"containers": [container("pod")]}, "status": {"phase": "Running", "podIP": "10.0.0.9"}},
        {"apiVersion": "v1", "kind": "Service", "metadata": meta("web"),
         "spec": {"type": "LoadBalancer", "selector": labels, "ports": [{"port": 80}]}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta("default")},
        {"apiVersion": "v1", "kind": "Event", "metadata": meta("web.1"), "reason": "Failed",
         "message": "login with password=%s was refused" % marks.new("message of an event"),
         "involvedObject": {"kind": "Pod", "name": "tool", "namespace": "shop"}},
    ]


def custom(marks):
    password = {"type": "string", "default": marks.new("default of a CRD")}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"password": password}}}}
    return [
        {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
         "metadata": {"name": "databases.x.example.com"},
         "spec": {"group": "x.example.com", "scope": "Namespaced", "names": {"plural": "databases", "kind": "Database"},
                  "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}},
        {"apiVersion": "x.example.com/v1", "kind": "Database", "metadata": meta("main"),
         "spec": {"password": marks.new("spec of a custom resource"),
                  "template": {"kind": "Secret", "stringData": {"a": marks.new("Secret in a custom resource")}},
                  "parameters": [{"name": "rootPassword", "value": marks.new("parameter of a custom resource")}]},
         "status": {"adminPassword": marks.new("status of a custom resource"),
                    "connection": "Host=db;Password=%s;" % marks.new("connection in a status")}},
    ]


def run(*arguments, **more):
    return subprocess.run([program, *arguments], capture_output=True, timeout=120, cwd=work, **more)


def setUpModule():
    global work, marks, source
    work = tempfile.mkdtemp(prefix="plimsoll-planted.")
    unittest.addModuleCleanup(shutil.rmtree, work, ignore_errors=True)
    marks = Marks()
    items = secrets(marks) + config_maps(marks) + workloads(marks) + custom(marks)
    source = os.path.join(work, "cluster.json")
    with open(source, "w") as file:
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, file)


class Planted(unittest.TestCase):
    def check(self, name, data):
        self.assertEqual(marks.found(data), [], name)

    def test_search_finds_all_that_is_planted(self):
        with open(source, "rb") as file:
            found = "\n".join(marks.found(file.read()))
        for place in marks.values:
            self.assertIn(place, found)
        self.assertGreater(len(marks.values), 30)

    def test_no_output_holds_one(self):
        snapshot = os.path.join(work, "x.plimsoll")
        self.assertEqual(run("collect", source, "-o", snapshot).returncode, 0)
        with zipfile.ZipFile(snapshot) as archive:
            for name in archive.namelist():
                self.check("entry " + name, archive.read(name))
        broken = os.path.join(work, "broken.json")
        with open(source, "rb") as whole, open(broken, "wb") as part:
            part.write(whole.read()[:-40])  # errors quote nothing either
        lines = [["assess", "--format", form] for form in ("text", "json") + coming_formats]
        lines += [["inspect"], ["pod-security"], ["secrets"], ["secrets", "-o", "json"], ["secrets", "-o", "csv"],
                  ["images"], ["images", "-o", "json"], ["access", "review"], ["network", "list"],
                  ["network", "exposure"], ["network", "lint"]]
        lines += [["inspect", kind, "-o", form] for form in ("yaml", "json", "table") for kind in
                  ("secrets", "configmaps", "pods", "deployments", "events", "databases", "customresourcedefinitions")]
        shown = b""
        for line in lines:
            for path in (source, snapshot, broken):
                words = line[:2] if line[0] in ("access", "network") else line[:1]
                result = run(*words, path, *line[len(words):])
                self.check(" ".join(line) + " " + path, result.stdout + result.stderr)
                shown += result.stdout
        for word in (kept, "<masked: ", "PLM-S02", "PLM-S03", "PLM-S04"):  # it was looked at
            self.assertIn(word.encode(), shown)
        for form in ("pdf", *coming_formats):
            report = os.path.join(work, "report." + form)
            run("assess", source, "--format", form, "-o", report)
            if form == "pdf" and shutil.which("pdftotext"):
                self.check("text of pdf", subprocess.check_output(["pdftotext", report, "-"]))
            if form == "pdf" or os.path.exists(report):
                with open(report, "rb") as file:
                    self.check(form, file.read())

    def test_every_place_is_reported(self):
        report = json.loads(run("assess", source, "--format", "json").stdout)
        places = {row["control"]: set() for row in report["findings"]}
        for row in report["findings"]:
            places[row["control"]].add(row["object"] if isinstance(row["object"], str) else json.dumps(row["object"]))
        text = json.dumps({control: sorted(objects) for control, objects in places.items()}).lower()
        for control in ("plm-s02", "plm-s03", "plm-s04"):
            self.assertIn(control, text)

    def core_of(self, *arguments):
        """The memory of the process as a core dump has it, when its result gets its name and at the very end."""
        core = os.path.join(work, "core")
        script = ["set pagination off", "set debuginfod enabled off",
                  "catch syscall rename renameat renameat2 link linkat exit_group", "run",
                  "generate-core-file " + core + ".1", "continue", "generate-core-file " + core + ".2", "kill"]
        command = ["gdb", "-nx", "-batch"] + [word for line in script for word in ("-ex", line)]
        subprocess.run(command + ["--args", program, *arguments], capture_output=True, timeout=300, cwd=work)
        for number in "12":
            if os.path.exists(core + "." + number):
                with open(core + "." + number, "rb") as file:
                    yield file.read()
                os.remove(core + "." + number)

    def test_no_core_dump_holds_one(self):
        if not shutil.which("gdb"):
            self.skipTest("gdb takes the core dumps")
        snapshot = os.path.join(work, "core.plimsoll")
        for line in (["collect", source, "-o", snapshot], ["assess", source, "--format", "json"]):
            cores = list(self.core_of(*line))
            if not cores:
                self.skipTest("this machine lets nobody look at processes")
            for data in cores:
                self.assertIn(b"databases.x.example.com", data)  # the dump holds the memory
                hits = ["%s (%s)" % (place, form) for place, value in marks.values.items()
                        for form, text in marks.forms(value) if text in data]
                self.assertEqual(hits, [], line[0])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
