#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program against a real API server. Usage: live.py BUILD_FOLDER/bin/plimsoll [unittest arguments]"""
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kube_client  # noqa: E402
import marked  # noqa: E402

here = os.path.dirname(os.path.abspath(__file__))
program = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
done, wrong_source, in_part = 0, 3, 4
work = server = marks = None


def setUpModule():
    global work, server, marks
    work = tempfile.mkdtemp(prefix="plimsoll-live.")
    unittest.addModuleCleanup(shutil.rmtree, work, ignore_errors=True)
    server = os.path.join(work, "server")
    unittest.addModuleCleanup(subprocess.call, [here + "/apiserver.sh", "stop", server])
    subprocess.check_call([here + "/apiserver.sh", "start", server])
    marks = marked.Marks()
    faults = kube_client.create_all(server, marked.objects(marks) + marked.few_rights())
    faults += wait_for_custom_kinds()
    role = subprocess.check_output([program, "auditor-role"])
    client = kube_client.Client(server)
    client.headers["Content-Type"] = "application/yaml"
    status, body = client.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", role)
    client.close()
    assert status == 201, body
    binding = marked.few_rights()[-1]
    binding["metadata"]["name"] = "auditor"
    binding["subjects"][0]["name"] = "auditor"
    binding["roleRef"]["name"] = "plimsoll-auditor"
    faults += kube_client.create_all(server, [binding])
    assert not faults, faults[:3]
    time.sleep(1)  # the authorizer learns of new bindings by watching


def wait_for_custom_kinds():
    for _ in range(100):
        try:
            return kube_client.create_all(server, marked.custom_objects())
        except KeyError:  # not served yet
            time.sleep(0.2)
    return ["custom kinds are not served"]


def run(*arguments, **more):
    return subprocess.run([program, *arguments], capture_output=True, timeout=120, **more)


def kubeconfig(user):
    return ["--kubeconfig", os.path.join(server, user + ".kubeconfig")]


def collect(user, name, *more):
    path = os.path.join(work, name)
    return run("collect", "cluster", *kubeconfig(user), "-o", path, *more), path


def manifest(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def entries(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def names_in(path):
    """{(group, plural): {(namespace, name)}} of a snapshot."""
    out = {}
    packed = entries(path)
    for entry in manifest(path)["entries"]:
        if entry["path"].startswith("resources/"):
            items = json.loads(packed[entry["path"]])["items"]
            out[(entry["group"], entry["resource"])] = {
                (item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in items}
    return out


def names_on_server(user, ns=""):
    """What the API itself gives to this user: ({(group, plural): names}, {those it denies})."""
    admin, client = kube_client.Client(server), kube_client.Client(server, user)
    read, denied = {}, set()
    for kind in admin.resources():
        scope = "/namespaces/" + ns if ns and kind["namespaced"] else ""
        status, body = client.request("GET", kind["base"] + scope + "/" + kind["name"])
        key = (kind["group"], kind["name"])
        if status == 200:
            read[key] = {(item["metadata"].get("namespace", ""), item["metadata"]["name"])
                         for item in json.loads(body)["items"] or []}
        elif status == 403:
            denied.add(key)
    admin.close()
    client.close()
    return read, denied


def denied_in(path):
    return {(row["group"], row["resource"]) for row in manifest(path)["notCollected"]
            if not row["resource"].startswith("/")}


# The same object is served under two groups, or it is made anew at each request: not expected in the snapshot.
def is_expected(key):
    return key not in {("", "componentstatuses"), ("", "events"), ("events.k8s.io", "events"),
                       ("extensions", "ingresses")}


class Rights(unittest.TestCase):
    def check(self, user, path):
        read, denied = names_on_server(user)
        have = names_in(path)
        for key in filter(is_expected, read):
            # Leases and the like move on between the two: names do not.
            self.assertEqual(have.get(key), read[key], "%s: %s" % (user, key))
        self.assertEqual(set(filter(is_expected, denied_in(path))), set(filter(is_expected, denied)))

    def test_administrator_gets_everything(self):
        result, path = collect("admin", "admin.plimsoll")
        self.assertEqual(result.returncode, done, result.stderr)
        self.check("admin", path)
        self.assertEqual(manifest(path)["notCollected"], [])
        self.assertGreater(len(names_in(path)[("", "configmaps")]), 1100)
        self.assertEqual(names_in(path)[("shop.example.com", "widgets")], {("shop", "blue")})

    def test_reader_with_the_proposed_role(self):
        result, path = collect("auditor", "auditor.plimsoll")
        self.assertEqual(result.returncode, in_part, result.stderr)
        self.check("auditor", path)
        self.assertIn(("", "secrets"), denied_in(path))
        self.assertNotIn(("", "pods"), denied_in(path))
        self.assertIn(b"list secrets", result.stderr)

    def test_reader_with_few_rights(self):
        result, path = collect("restricted", "restricted.plimsoll")
        self.assertEqual(result.returncode, in_part, result.stderr)
        have = names_in(path)
        self.assertEqual(have[("", "pods")], {("shop", "pod-%d" % n) for n in range(3)})
        self.assertEqual(have[("", "configmaps")], {("shop", "settings")})
        self.assertIn(("shop"), {name for _, name in have[("", "namespaces")]})
        self.assertIn(("apps", "deployments"), denied_in(path))
        entry = next(e for e in manifest(path)["entries"] if e.get("resource") == "pods")
        self.assertEqual(entry.get("namespaces"), ["shop"])
        for row in manifest(path)["notCollected"]:
            self.assertEqual((row["reason"], row["httpStatus"]), ("forbidden", 403), row)

    def test_reader_of_one_namespace(self):
        result, path = collect("restricted", "one.plimsoll", "--namespace", "shop")
        self.assertEqual(result.returncode, in_part, result.stderr)
        have = names_in(path)
        self.assertEqual(have[("", "pods")], {("shop", "pod-%d" % n) for n in range(3)})
        self.assertFalse(any(ns not in ("", "shop") for names in have.values() for ns, _ in names))

    def test_nobody_gets_nothing_and_is_told(self):
        result, path = collect("nobody", "nobody.plimsoll")
        self.assertIn(result.returncode, (wrong_source, in_part), result.stderr)
        self.assertIn(b"forbidden", result.stderr)
        if os.path.exists(path):
            self.assertEqual(sum(len(names) for names in names_in(path).values()), 0)
            self.assertEqual(set(filter(is_expected, denied_in(path))),
                             set(filter(is_expected, names_on_server("nobody")[1])))

    def test_wrong_token_is_no_cluster(self):
        broken = os.path.join(server, "wrong.token")
        with open(broken, "w") as file:
            file.write("not-a-token")
        with open(os.path.join(server, "nobody.kubeconfig")) as file:
            text = file.read().replace("nobody.token", "wrong.token")
        with open(os.path.join(server, "wrong.kubeconfig"), "w") as file:
            file.write(text)
        result, path = collect("wrong", "wrong.plimsoll")
        self.assertEqual(result.returncode, wrong_source, result.stderr)
        self.assertFalse(os.path.exists(path))
        self.assertNotIn(b"not-a-token", result.stderr)

    def test_only_reads(self):
        with open(os.path.join(server, "audit.log")) as file:
            rows = [json.loads(line) for line in file]
        mine = [row for row in rows if row.get("userAgent", "").startswith("plimsoll")]
        self.assertGreater(len(mine), 20)
        for row in mine:
            reviews = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")
            self.assertTrue(row["verb"] in ("get", "list") or row.get("objectRef", {}).get("resource") in reviews, row)


class Results(unittest.TestCase):
    def setUp(self):
        for user in ("admin", "auditor", "restricted", "nobody"):
            if not os.path.exists(os.path.join(work, user + "-r.plimsoll")):
                collect(user, user + "-r.plimsoll")

    def test_live_equals_snapshot(self):
        for user in ("admin", "auditor", "restricted", "nobody"):
            saved = os.path.join(work, user + "-r.plimsoll")
            fixed = ["--format", "json", "--as-of", "2030-01-01"]
            live = run("assess", "cluster", *kubeconfig(user), *fixed)
            offline = run("assess", saved, *fixed)
            self.assertEqual(live.returncode, offline.returncode, live.stderr + offline.stderr)
            self.assertGreater(len(json.loads(live.stdout)["findings"]), -1 if user == "nobody" else 5)
            self.assertEqual(without_origin(self, live.stdout), without_origin(self, offline.stdout), user)

    def test_unchanged_cluster_gives_equal_entries(self):
        saved = os.path.join(work, "admin-r.plimsoll")
        _, again = collect("admin", "again.plimsoll")
        one, two = entries(saved), entries(again)
        self.assertEqual(set(one), set(two))
        # The server's own bookkeeping renews itself; the manifest holds the times of the capture.
        moving = {"manifest.json", "statusz/apiserver.json"}
        for name in set(one) - moving:
            self.assertEqual(one[name], two[name], name)

    def test_signed_and_encrypted(self):
        key, public = os.path.join(work, "key.pem"), os.path.join(work, "key.pub.pem")
        subprocess.check_call(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key])
        subprocess.check_call(["openssl", "pkey", "-in", key, "-pubout", "-out", public])
        result, path = collect("admin", "signed.plimsoll", "--sign", key)
        self.assertEqual(result.returncode, done, result.stderr)
        checked = run("verify", path, "--signer", public)
        self.assertEqual(checked.returncode, done, checked.stderr)
        self.assertIn(b"signed", checked.stdout)
        phrase = os.path.join(work, "phrase")
        with open(phrase, "w") as file:
            file.write("four words of mine\n")
        result, path = collect("admin", "locked.plimsoll", "--passphrase", "--passphrase-file", phrase)
        self.assertEqual(result.returncode, done, result.stderr)
        self.assertFalse(zipfile.is_zipfile(path))
        self.assertEqual(run("verify", path, "--passphrase-file", phrase).returncode, done)
        self.assertEqual(run("verify", path, "--passphrase-file", key).returncode, wrong_source)


def without_origin(test, text):
    """The bytes of a report without its origin block, which must be there and is cut out as text."""
    start = text.index(b'"origin"')
    opened = text.index(b"{", start)
    depth, end, quoted = 0, opened, False
    while True:
        char = text[end:end + 1]
        if quoted and char == b"\\":
            end += 1
        elif char == b'"':
            quoted = not quoted
        elif not quoted:
            depth += (char == b"{") - (char == b"}")
        end += 1
        if depth == 0:
            break
    test.assertLess(end - start, 5000)
    return text[:start] + text[end:]


class Secrecy(unittest.TestCase):
    def test_search_finds_what_is_there(self):
        client = kube_client.Client(server)
        status, body = client.request("GET", "/api/v1/secrets")
        client.close()
        self.assertEqual(status, 200)
        found = "\n".join(marks.found(body))
        for place in ("data", "last-applied, plain", "stringData", "helm release", "docker config", "bulky 3"):
            self.assertIn(place, found)

    def test_no_value_in_files_and_reports(self):
        result, path = collect("admin", "secrecy.plimsoll", "--progress", "always")
        texts = dict(entries(path), stderr=result.stderr, stdout=result.stdout)
        with open(path, "rb") as file:
            texts["file"] = file.read()
        _, shared = collect("admin", "shared.plimsoll", "--redact", "2")
        texts.update(("level 2, " + name, data) for name, data in entries(shared).items())
        for form in ("text", "json"):
            for source in ([path], ["cluster", *kubeconfig("admin")]):
                report = run("assess", *source, "--format", form)
                self.assertGreater(len(report.stdout), 1000)
                texts["%s of %s" % (form, source[0])] = report.stdout + report.stderr
        pdf = os.path.join(work, "report.pdf")
        run("assess", path, "--format", "pdf", "-o", pdf)
        texts["pdf"] = subprocess.check_output(["pdftotext", pdf, "-"])
        for kind in ("secrets", "configmaps", "pods", "deployments"):
            shown = run("inspect", path, kind, "-o", "yaml")
            self.assertGreater(len(shown.stdout), 100)
            texts["inspect " + kind] = shown.stdout + shown.stderr
        self.assertIn(b"kept-shop", b"".join(texts.values()))  # what is no secret is there
        for name, data in texts.items():
            self.assertEqual(marks.found(data), [], name)

    def test_no_value_in_memory_after_collecting(self):
        core = os.path.join(work, "core")
        path = os.path.join(work, "core.plimsoll")
        # When the file gets its name everything was collected and all of it is still held; then at the very end.
        script = ["set pagination off", "set debuginfod enabled off", "set use-coredump-filter off",
                  "set dump-excluded-mappings on", "catch syscall rename renameat renameat2 link linkat", "run",
                  "generate-core-file " + core + ".1", "delete", "catch syscall exit_group", "continue",
                  "generate-core-file " + core + ".2", "kill"]
        command = ["gdb", "-nx", "-batch"] + [word for line in script for word in ("-ex", line)]
        result = subprocess.run(command + ["--args", program, "collect", "cluster", *kubeconfig("admin"), "-o", path],
                                capture_output=True, timeout=300)
        for number in "12":
            self.assertTrue(os.path.exists(core + "." + number), result.stdout[-2000:] + result.stderr[-2000:])
            with open(core + "." + number, "rb") as file:
                data = file.read()
            os.remove(core + "." + number)
            self.assertIn(os.path.join(server, "admin.kubeconfig").encode(), data)  # the dump holds the memory
            hits = [hit for place, value in marks.values.items() if not place.startswith(("env", "arg", "ConfigMap"))
                    for form, text in marks.forms(value) if text in data for hit in [place + " (" + form + ")"]]
            self.assertEqual(hits, [], "core " + number)


class Faults(unittest.TestCase):
    def whole_or_absent(self, path):
        if not os.path.exists(path):
            return False
        checked = run("verify", path)
        self.assertEqual(checked.returncode, done, checked.stderr)
        os.remove(path)
        return True

    def test_killed_at_any_time(self):
        begun = time.monotonic()
        result, path = collect("admin", "killed.plimsoll")
        self.assertEqual(result.returncode, done)
        whole = time.monotonic() - begun
        os.remove(path)
        dice, absent = random.Random(7), 0
        for _ in range(25):
            process = subprocess.Popen([program, "collect", "cluster", *kubeconfig("admin"), "-o", path],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, whole * 1.1))
            process.kill()
            process.wait()
            absent += not self.whole_or_absent(path)
        self.assertGreater(absent, 0)

    def test_limited_file_size(self):
        _, path = collect("admin", "limit.plimsoll")
        size = os.path.getsize(path)
        os.remove(path)
        for limit in (0, 1, 4096, size // 2, size - 1):
            def small(limit=limit):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            result, path = self.limited(small)
            self.assertNotEqual(result.returncode, done, limit)
            self.assertFalse(os.path.exists(path), limit)

    def limited(self, before):
        path = os.path.join(work, "limit.plimsoll")
        return run("collect", "cluster", *kubeconfig("admin"), "-o", path, preexec_fn=before), path

    def test_full_disk_keeps_the_old_file(self):
        disk = os.path.join(work, "disk")
        os.mkdir(disk)
        if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", disk], stderr=subprocess.DEVNULL) != 0:
            self.skipTest("mounting needs root; the limited file size covers the same code")
        try:
            path = os.path.join(disk, "x.plimsoll")
            with open(path, "wb") as file:
                file.write(b"the old one")
            result = run("collect", "cluster", *kubeconfig("admin"), "-o", path)
            self.assertEqual(result.returncode, wrong_source, result.stderr)
            self.assertIn(b"space", result.stderr)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"the old one")
            self.assertEqual(os.listdir(disk), ["x.plimsoll"])
        finally:
            subprocess.check_call(["umount", disk])

    def test_cut_and_changed_files_are_refused(self):
        _, path = collect("restricted", "cut.plimsoll")
        with open(path, "rb") as file:
            whole = file.read()
        dice, other = random.Random(11), os.path.join(work, "other.plimsoll")
        cuts = [whole[:dice.randrange(len(whole))] for _ in range(15)] + [whole[:-1], b""]
        for _ in range(25):
            at = dice.randrange(len(whole))
            cuts.append(whole[:at] + bytes([whole[at] ^ (1 << dice.randrange(8))]) + whole[at + 1:])
        for data in cuts:
            with open(other, "wb") as file:
                file.write(data)
            for command in (["verify", other], ["assess", other, "--format", "json"]):
                result = run(*command)
                self.assertEqual(result.returncode, wrong_source, (command, len(data), result.stderr))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
