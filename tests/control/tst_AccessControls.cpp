// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <map>

#include "core/access/Access.h"
#include "core/base/Text.h"
#include "core/network/Exposure.h"
#include "core/control/Control.h"
#include "core/control/detail/Families_p.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using control::Outcome;
using control::Verdict;

namespace {

// A short form of RBAC objects, one a line, made into YAML:
//   role NAME RULES          ClusterRole          role NS/NAME RULES      Role
//   bind NAME ROLE SUBJECTS  ClusterRoleBinding   bind NS/NAME ROLE SUBJECTS  RoleBinding; ROLE "shop/x" names a Role
//   own-role, own-bind       the same with the label of Kubernetes' own objects
//   account NS/NAME          ServiceAccount       empty KIND              an empty list of the kind
//   raw YAML                 any other object
// RULES: "verbs group resources [names]" or "verbs /path", separated by ";", lists by ","; "-" is the core group.
// SUBJECTS: "u:NAME", "g:NAME", "s:NS/NAME", separated by ","; "-" is none.
std::string yamlList(std::string_view list)
{
    std::string text = "[";
    for (const std::string_view piece : split(list, ','))
        text.append(text.size() > 1 ? ", \"" : "\"").append(piece == "-" ? "" : piece).append("\"");
    return text + ']';
}

std::string metadata(std::string_view name, bool isOwn)
{
    const std::size_t slash = name.find('/');
    std::string text = "metadata:\n  name: \""
        + std::string(slash == std::string_view::npos ? name : name.substr(slash + 1)) + "\"\n";
    if (slash != std::string_view::npos)
        text += "  namespace: \"" + std::string(name.substr(0, slash)) + "\"\n";
    if (isOwn)
        text += "  labels: { kubernetes.io/bootstrapping: rbac-defaults }\n";
    return text;
}

std::string ruleYaml(std::string_view rule)
{
    const auto words = split(trimmed(rule), ' ');
    std::string text = "- verbs: " + yamlList(words[0]) + '\n';
    if (words.size() == 2)
        return text + "  nonResourceURLs: " + yamlList(words[1]) + '\n';
    text += "  apiGroups: " + yamlList(words[1]) + "\n  resources: " + yamlList(words[2]) + '\n';
    if (words.size() > 3)
        text += "  resourceNames: " + yamlList(words[3]) + '\n';
    return text;
}

std::string subjectYaml(std::string_view subject)
{
    const std::string_view name = subject.substr(2);
    const std::size_t slash = name.find('/');
    if (subject[0] == 's')
        return "- { kind: ServiceAccount, name: \"" + std::string(name.substr(slash + 1)) + "\", namespace: \""
            + std::string(name.substr(0, slash)) + "\" }\n";
    return std::string("- { kind: ") + (subject[0] == 'u' ? "User" : "Group")
        + ", apiGroup: rbac.authorization.k8s.io, name: \"" + std::string(name) + "\" }\n";
}

std::string documentYaml(std::string_view line)
{
    if (line.starts_with("raw "))
        return std::string(line.substr(4)) + '\n';
    const auto words = split(line, ' ');
    const bool isOwn = words[0].starts_with("own-");
    const std::string_view what = isOwn ? words[0].substr(4) : words[0];
    const bool isNamespaced = words[1].contains('/');
    const std::string rbac = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ";
    if (what == "account")
        return "apiVersion: v1\nkind: ServiceAccount\n" + metadata(words[1], false);
    if (what == "empty")
        return (words[1].contains("Role") ? rbac : "apiVersion: v1\nkind: ") + std::string(words[1])
            + "List\nitems: []\n";
    if (what == "role") {
        std::string text = rbac + (isNamespaced ? "Role\n" : "ClusterRole\n") + metadata(words[1], isOwn) + "rules:\n";
        for (const std::string_view rule : split(line.substr(words[0].size() + words[1].size() + 2), ';'))
            text += ruleYaml(rule);
        return text;
    }
    const std::size_t slash = words[2].find('/');
    std::string text = rbac + (isNamespaced ? "RoleBinding\n" : "ClusterRoleBinding\n") + metadata(words[1], isOwn)
        + "roleRef: { apiGroup: rbac.authorization.k8s.io, kind: "
        + (slash == std::string_view::npos ? "ClusterRole" : "Role") + ", name: \""
        + std::string(slash == std::string_view::npos ? words[2] : words[2].substr(slash + 1)) + "\" }\n";
    if (words[3] == "-")
        return text;
    text += "subjects:\n";
    for (const std::string_view subject : split(words[3], ','))
        text += subjectYaml(subject);
    return text;
}

// Kinds a situation does not speak of are there and empty, so that nothing is "not assessed" by accident.
constexpr std::string_view complete
    = "\nempty ClusterRole\nempty Role\nempty ClusterRoleBinding\nempty RoleBinding\nempty ServiceAccount";

std::shared_ptr<const cluster::Cluster> clusterOf(std::string_view lines)
{
    std::string yaml;
    for (const std::string_view line : split(lines, '\n'))
        if (!trimmed(line).empty())
            yaml += "---\n" + documentYaml(trimmed(line));
    return test::clusterFrom(yaml);
}

const control::Control& controlOf(std::string_view id)
{
    const auto controls = control::accessControls();
    const auto found = std::ranges::find(controls, "PLM-" + std::string(id), &control::Control::id);
    if (found == controls.end())
        qFatal("no control %s", std::string(id).c_str());
    return *found;
}

std::vector<Outcome> outcomesOf(const std::shared_ptr<const cluster::Cluster>& cluster, std::string_view id)
{
    const access::Rbac rbac(cluster);
    const control::Settings settings;
    std::vector<Outcome> outcomes;
    const network::Reach reach(cluster);
    controlOf(id).evaluate({ *cluster, rbac, reach, {}, settings }, outcomes);
    return outcomes;
}

// "clusterrolebinding/b: message", one line for each outcome of a verdict.
std::string linesOf(const cluster::Cluster& cluster, std::span<const Outcome> outcomes, Verdict verdict)
{
    std::string text;
    for (const Outcome& outcome : outcomes)
        if (outcome.verdict == verdict)
            text += (outcome.object ? cluster.refOf(outcome.object) : std::string("control")) + ": " + outcome.message
                + '\n';
    return text;
}

} // namespace

class tst_AccessControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyControlHasRows();
    void judgesSituations_data();
    void judgesSituations();
    void saysWhatItFound_data();
    void saysWhatItFound();
    void pointsAtTheDecidingLines();
    void removesSubjectsAsRemedy();
    void judgesEveryBindingOnce_data();
    void judgesEveryBindingOnce();
    void passesWhatKubernetesMakes_data();
    void passesWhatKubernetesMakes();
    void findsPlantedFaultsOfHarbor();
};

struct Situation {
    const char* control;
    const char* name;
    const char* lines; // objects; "+" at the end: all other kinds are there and empty
    const char* expected; // "fail", "pass", "?" (not assessed)
};

constexpr Situation situations[] = {
    { "R01", "everything", "role r * * *\nbind b r u:ann+", "fail" },
    { "R01", "cluster-admin that is not in the source", "bind b cluster-admin g:dev+", "fail" },
    { "R01", "everything in one namespace", "role r * * *\nbind shop/b r u:ann+", "pass" },
    { "R01", "every verb on one group", "role r * apps *\nbind b r u:ann+", "pass" },
    { "R01", "spread over two rules", "role r * * pods;* apps *\nbind b r u:ann+", "pass" },
    { "R01", "limited to names", "role r * * * a\nbind b r u:ann+", "pass" },
    { "R01", "the binding of Kubernetes",
        "own-role cluster-admin * * *\nown-bind cluster-admin cluster-admin g:system:masters+", "pass" },
    { "R01", "somebody added to the binding of Kubernetes",
        "own-role cluster-admin * * *\nown-bind cluster-admin cluster-admin g:system:masters,u:ann+", "fail" },
    { "R01", "a label does not make it Kubernetes' own",
        "role r * * *\nown-bind system:mine r s:kube-system/superadmin+", "fail" },
    { "R01", "a foreign account in a binding of a controller",
        "own-role system:controller:x * * *\nown-bind system:controller:x system:controller:x "
        "s:kube-system/x,s:kube-system/superadmin+",
        "fail" },
    { "R01", "no subjects", "role r * * *\nbind b r -+", "pass" },
    { "R01", "a role that does not exist", "role other get - pods\nbind b gone u:ann+", "pass" },
    { "R01", "roles not in the source", "bind b r u:ann\nempty RoleBinding", "?" },
    { "R01", "no bindings in the source", "role r * * *", "?" },

    { "R02", "admin", "bind shop/b admin u:ann+", "fail" },
    { "R02", "cluster-admin", "bind shop/b cluster-admin u:ann+", "fail" },
    { "R02", "admin in every namespace", "own-role admin get - pods\nbind b admin u:ann+", "fail" },
    { "R02", "a role of everything", "role shop/r * * *\nbind shop/b shop/r s:shop/app+", "fail" },
    { "R02", "edit", "own-role cluster-admin * * *\nown-role edit get - pods\nbind shop/b edit u:ann+", "pass" },
    { "R02", "a role of one's own named admin", "role admin get - pods\nbind shop/b admin u:ann+", "pass" },
    { "R02", "roles not in the source", "bind shop/b shop/r u:ann\nempty ClusterRoleBinding", "?" },

    { "R03", "every verb", "role r * apps deployments+", "fail" },
    { "R03", "every verb on a path", "role r * /metrics+", "fail" },
    { "R03", "listed verbs", "role r get,list * *+", "pass" },
    { "R03", "a star inside a verb", "role r g* apps deployments+", "pass" },
    { "R03", "a role of Kubernetes", "own-role system:x * apps deployments+", "pass" },
    { "R03", "the label alone", "own-role mine * apps deployments+", "fail" },
    { "R03", "the name alone", "role system:x * apps deployments+", "fail" },
    { "R03", "no roles in the source", "bind b r u:ann", "?" },

    { "R04", "every resource", "role shop/r get * *+", "fail" },
    { "R04", "every resource of a group", "role r get apps *+", "fail" },
    { "R04", "pods/* is no wildcard", "role r get - pods/*+", "pass" },
    { "R04", "every group of one resource", "role r get * pods+", "pass" },
    { "R04", "a role of Kubernetes", "own-role cluster-admin * * *+", "pass" },
    { "R04", "no roles in the source", "bind b r u:ann", "?" },

    { "R05", "list", "role r list - secrets\nbind b r s:shop/app+", "fail" },
    { "R05", "watch of everything", "role r watch * *\nbind b r s:shop/app+", "fail" },
    { "R05", "by name", "role r get - secrets a\nbind b r s:shop/app+", "pass" },
    { "R05", "in a namespace", "role r get - secrets\nbind shop/b r s:shop/app+", "pass" },
    { "R05", "write only", "role r create - secrets\nbind b r s:shop/app+", "pass" },
    { "R05", "another group", "role r get example.com secrets\nbind b r s:shop/app+", "pass" },
    { "R05", "view is not in the source", "role r get - pods\nbind b view u:ann+", "?" },

    { "R06", "get", "role shop/r get - secrets\nbind shop/b shop/r s:shop/app+", "fail" },
    { "R06", "by name", "role shop/r get - secrets a\nbind shop/b shop/r s:shop/app+", "pass" },
    { "R06", "cluster-wide is R05", "role r get - secrets\nbind b r s:shop/app+", "pass" },
    { "R06", "roles not in the source", "bind shop/b shop/r s:shop/app", "?" },

    { "R07", "create deployments", "role shop/r create apps deployments\nbind shop/b shop/r u:ann+", "fail" },
    { "R07", "patch pods", "role r patch - pods\nbind b r u:ann+", "fail" },
    { "R07", "update one job by name", "role shop/r update batch jobs nightly\nbind shop/b shop/r u:ann+", "fail" },
    { "R07", "create by name grants nothing", "role shop/r create batch jobs nightly\nbind shop/b shop/r u:ann+",
        "pass" },
    { "R07", "delete", "role shop/r delete apps deployments\nbind shop/b shop/r u:ann+", "pass" },
    { "R07", "the wrong group", "role shop/r create - deployments\nbind shop/b shop/r u:ann+", "pass" },
    { "R07", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R08", "create pods/exec", "role shop/r create - pods/exec\nbind shop/b shop/r u:ann+", "fail" },
    { "R08", "create pods/exec by name", "role shop/r create - pods/exec db-0\nbind shop/b shop/r u:ann+", "fail" },
    { "R08", "*/exec", "role shop/r create * */exec\nbind shop/b shop/r u:ann+", "fail" },
    { "R08", "pods/* is no wildcard", "role shop/r create - pods,pods/*\nbind shop/b shop/r u:ann+", "pass" },
    { "R08", "get pods/exec", "role shop/r get - pods/exec\nbind shop/b shop/r u:ann+", "pass" },
    { "R08", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R10", "create pods/attach", "role shop/r create - pods/attach\nbind shop/b shop/r u:ann+", "fail" },
    { "R10", "create pods", "role shop/r create - pods\nbind shop/b shop/r u:ann+", "pass" },
    { "R10", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R11", "create pods/portforward", "role r create - pods/portforward\nbind b r u:ann+", "fail" },
    { "R11", "get pods/portforward", "role r get - pods/portforward\nbind b r u:ann+", "pass" },
    { "R11", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R13", "users", "role r impersonate - users\nbind b r u:ann+", "fail" },
    { "R13", "a service account by name", "role shop/r impersonate - serviceaccounts ci\nbind shop/b shop/r u:ann+",
        "fail" },
    { "R13", "users in a namespace are dead", "role shop/r impersonate - users\nbind shop/b shop/r u:ann+", "pass" },
    { "R13", "groups alone", "role r impersonate - groups\nbind b r u:ann+", "pass" },
    { "R13", "another verb", "role r get - users\nbind b r u:ann+", "pass" },
    { "R13", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R14", "bind cluster roles in a namespace",
        "role r bind rbac.authorization.k8s.io clusterroles\nbind shop/b r u:ann+", "fail" },
    { "R14", "bind one role by name", "role r bind rbac.authorization.k8s.io clusterroles edit\nbind b r u:ann+",
        "fail" },
    { "R14", "bind on bindings means nothing",
        "role r bind rbac.authorization.k8s.io rolebindings,clusterrolebindings\nbind b r u:ann+", "pass" },
    { "R14", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R15", "escalate roles in a namespace",
        "role shop/r escalate rbac.authorization.k8s.io roles\nbind shop/b shop/r u:ann+", "fail" },
    { "R15", "escalate cluster roles in a namespace is dead",
        "role r escalate rbac.authorization.k8s.io clusterroles\nbind shop/b r u:ann+", "pass" },
    { "R15", "escalate in another group", "role r escalate example.com roles\nbind b r u:ann+", "pass" },
    { "R15", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R16", "create bindings", "role shop/r create rbac.authorization.k8s.io rolebindings\nbind shop/b shop/r u:ann+",
        "fail" },
    { "R16", "cluster bindings in a namespace are dead",
        "role r create rbac.authorization.k8s.io clusterrolebindings\nbind shop/b r u:ann+", "pass" },
    { "R16", "read", "role r get,list rbac.authorization.k8s.io roles\nbind b r u:ann+", "pass" },
    { "R16", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R17", "create tokens", "role shop/r create - serviceaccounts/token\nbind shop/b shop/r u:ann+", "fail" },
    { "R17", "create tokens of one account", "role shop/r create - serviceaccounts/token ci\nbind shop/b shop/r u:ann+",
        "fail" },
    { "R17", "create accounts", "role shop/r create - serviceaccounts\nbind shop/b shop/r u:ann+", "pass" },
    { "R17", "roles not in the source", "bind shop/b shop/r u:ann", "?" },

    { "R18", "get is enough", "role r get - nodes/proxy\nbind b r u:ann+", "fail" },
    { "R18", "in a namespace it is dead", "role r get - nodes/proxy\nbind shop/b r u:ann+", "pass" },
    { "R18", "list never reaches the kubelet", "role r list,watch - nodes/proxy\nbind b r u:ann+", "pass" },
    { "R18", "nodes and nodes/* are not it", "role r get - nodes,nodes/*,nodes/metrics\nbind b r u:ann+", "pass" },
    { "R18", "roles not in the source", "bind b r u:ann", "?" },

    { "R19", "approve",
        "role r update certificates.k8s.io certificatesigningrequests/approval;approve certificates.k8s.io signers "
        "kubernetes.io/kube-apiserver-client\nbind b r u:ann+",
        "fail" },
    { "R19", "sign",
        "role r update certificates.k8s.io certificatesigningrequests/status;sign certificates.k8s.io signers\nbind b "
        "r u:ann+",
        "fail" },
    { "R19", "two bindings together",
        "role r update certificates.k8s.io certificatesigningrequests/approval\nrole s approve certificates.k8s.io "
        "signers\nbind a r u:ann\nbind b s u:ann+",
        "fail" },
    { "R19", "halves of two people",
        "role r update certificates.k8s.io certificatesigningrequests/approval\nrole s approve certificates.k8s.io "
        "signers\nbind a r u:ann\nbind b s u:bob+",
        "pass" },
    { "R19", "approval without approve",
        "role r update certificates.k8s.io certificatesigningrequests/approval\nbind b r u:ann+", "pass" },
    { "R19", "a signer of somebody else",
        "role r update certificates.k8s.io certificatesigningrequests/status;sign certificates.k8s.io signers "
        "example.com/*\nbind b r u:ann+",
        "pass" },
    { "R19", "in a namespace it is dead", "role r * certificates.k8s.io *\nbind shop/b r u:ann+", "pass" },
    { "R19", "create requests only", "role r create certificates.k8s.io certificatesigningrequests\nbind b r u:ann+",
        "pass" },
    { "R19", "roles not in the source", "bind b r u:ann", "?" },

    { "R20", "patch one webhook",
        "role r patch admissionregistration.k8s.io mutatingwebhookconfigurations mine\nbind b r s:shop/app+", "fail" },
    { "R20", "create",
        "role r create admissionregistration.k8s.io validatingwebhookconfigurations\nbind b r s:shop/app+", "fail" },
    { "R20", "read",
        "role r get,list,watch admissionregistration.k8s.io validatingwebhookconfigurations\nbind b r s:shop/app+",
        "pass" },
    { "R20", "in a namespace it is dead", "role r * admissionregistration.k8s.io *\nbind shop/b r s:shop/app+",
        "pass" },
    { "R20", "roles not in the source", "bind b r u:ann", "?" },

    { "R22", "create", "role r create - persistentvolumes\nbind b r s:shop/app+", "fail" },
    { "R22", "create by name grants nothing", "role r create - persistentvolumes a\nbind b r s:shop/app+", "pass" },
    { "R22", "claims", "role r create - persistentvolumeclaims\nbind b r s:shop/app+", "pass" },
    { "R22", "in a namespace it is dead", "role r create - persistentvolumes\nbind shop/b r s:shop/app+", "pass" },
    { "R22", "roles not in the source", "bind b r u:ann", "?" },

    { "R30", "anonymous", "role r get - pods\nbind shop/b r u:system:anonymous+", "fail" },
    { "R30", "unauthenticated", "role r get - pods\nbind b r g:system:unauthenticated+", "fail" },
    { "R30", "the discovery of Kubernetes",
        "own-role system:public-info-viewer get /healthz,/version\nown-bind system:public-info-viewer "
        "system:public-info-viewer g:system:authenticated,g:system:unauthenticated+",
        "pass" },
    { "R30", "the discovery role made bigger",
        "own-role system:public-info-viewer get /healthz;get - secrets\nown-bind system:public-info-viewer "
        "system:public-info-viewer g:system:unauthenticated+",
        "fail" },
    { "R30", "left in the discovery of the logged in",
        "own-role system:discovery get /api/*\nown-bind system:discovery system:discovery g:system:unauthenticated+",
        "fail" },
    { "R30", "what kubeadm join needs",
        "role kube-public/r get - configmaps cluster-info\nbind kube-public/b kube-public/r u:system:anonymous+",
        "pass" },
    { "R30", "somebody", "role r get - pods\nbind b r u:anonymous+", "pass" },
    { "R30", "cluster bindings not in the source", "role r get - pods\nbind shop/b r u:ann", "?" },

    { "R31", "view for everybody", "bind b view g:system:authenticated+", "fail" },
    { "R31", "a role that does not exist", "role r get - pods\nbind b gone g:system:authenticated+", "fail" },
    { "R31", "discovery", "bind b system:discovery g:system:authenticated+", "pass" },
    { "R31", "questions about oneself",
        "own-role system:basic-user create authorization.k8s.io selfsubjectaccessreviews\nown-bind system:basic-user "
        "system:basic-user g:system:authenticated+",
        "pass" },
    { "R31", "a user of that name", "bind b view u:system:authenticated+", "pass" },
    { "R31", "role bindings not in the source", "role r get - pods\nbind b r u:ann", "?" },

    { "R32", "bound", "role r get - pods\nbind b r g:system:masters+", "fail" },
    { "R32", "the binding of Kubernetes", "own-bind cluster-admin cluster-admin g:system:masters+", "pass" },
    { "R32", "the same binding without the label", "bind cluster-admin cluster-admin g:system:masters+", "fail" },
    { "R32", "role bindings not in the source", "role r get - pods\nbind b r u:ann", "?" },

    { "R33", "all of the cluster", "role r get - pods\nbind b r g:system:serviceaccounts+", "fail" },
    { "R33", "all of a namespace", "role r get - pods\nbind shop/b r g:system:serviceaccounts:shop+", "fail" },
    { "R33", "the discovery of the token issuer",
        "own-role system:service-account-issuer-discovery get "
        "/.well-known/openid-configuration,/openid/v1/jwks\nown-bind system:service-account-issuer-discovery "
        "system:service-account-issuer-discovery g:system:serviceaccounts+",
        "pass" },
    { "R33", "one account", "role r get - pods\nbind b r s:shop/app+", "pass" },
    { "R33", "role bindings not in the source", "role r get - pods\nbind b r u:ann", "?" },

    { "R34", "default reads pods", "role shop/r get - pods\nbind shop/b shop/r s:shop/default+", "fail" },
    { "R34", "default as a user name",
        "role shop/r get - pods\nbind shop/b shop/r u:system:serviceaccount:shop:default+", "fail" },
    { "R34", "default has cluster-admin", "bind b cluster-admin s:shop/default+", "fail" },
    { "R34", "no more than everybody has",
        "role shop/r get - pods\nrole all get,list - *\nbind all all g:system:authenticated\nbind shop/b shop/r "
        "s:shop/default+",
        "pass" },
    { "R34", "everybody has it only by name",
        "role shop/r get - pods\nrole all get - pods a\nbind all all g:system:authenticated\nbind shop/b shop/r "
        "s:shop/default+",
        "fail" },
    { "R34", "an empty role", "role gone get - pods\nbind shop/b nothing s:shop/default+", "pass" },
    { "R34", "another account", "role shop/r get - pods\nbind shop/b shop/r s:shop/app+", "pass" },
    { "R34", "its role is not in the source", "bind shop/b shop/r s:shop/default", "?" },

    { "R35", "the role does not exist", "role r get - pods\nbind b gone u:ann+", "fail" },
    { "R35", "the account does not exist", "role r get - pods\naccount shop/app\nbind shop/b r s:shop/app,s:shop/old+",
        "fail" },
    { "R35", "a cluster binding to a role", "role shop/r get - pods\nbind b shop/r u:ann+", "fail" },
    { "R35", "both exist", "role r get - pods\naccount shop/app\nbind shop/b r s:shop/app+", "pass" },
    { "R35", "users are not in the cluster", "role r get - pods\nbind b r u:ann,g:dev+", "pass" },
    { "R35", "a role that Kubernetes makes", "bind b view u:ann+", "pass" },
    { "R35", "a role that Kubernetes should have made", "own-role cluster-admin * * *\nbind b view u:ann+", "fail" },
    { "R35", "the default account of manifests", "role r get - pods\naccount shop/app\nbind shop/b r s:shop/default+",
        "pass" },
    { "R35", "accounts not in the source", "role r get - pods\nbind shop/b r s:shop/app\nempty ClusterRoleBinding",
        "?" },

#include "tests/control/AccessCases.inc"
};

void tst_AccessControls::everyControlHasRows()
{
    std::map<std::string, std::string> verdicts;
    for (const Situation& situation : situations)
        verdicts[situation.control] += situation.expected[0];
    std::string missing;
    for (const control::Control& one : control::accessControls()) {
        QVERIFY(one.evaluate && !one.checkSpec);
        const bool isForPeople = one.id == "PLM-R44"; // objects do not decide it
        for (const char verdict : { 'f', 'p', '?' })
            if (!(isForPeople && verdict != '?') && !verdicts[std::string(one.id.substr(4))].contains(verdict))
                missing += std::string(one.id) + ' ' + verdict + '\n';
    }
    QCOMPARE(missing, std::string());
    QVERIFY(std::ranges::is_sorted(control::accessControls(), {}, &control::Control::id));
}

void tst_AccessControls::judgesSituations_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("lines");
    QTest::addColumn<QString>("expected");
    for (const Situation& situation : situations)
        QTest::addRow("%s %s", situation.control, situation.name)
            << QString::fromUtf8(situation.control) << QString::fromUtf8(situation.lines)
            << QString::fromUtf8(situation.expected);
}

void tst_AccessControls::judgesSituations()
{
    QFETCH(QString, id);
    QFETCH(QString, lines);
    QFETCH(QString, expected);
    std::string text = lines.toStdString();
    if (text.ends_with('+')) {
        text.pop_back();
        text += complete;
    }
    const auto cluster = clusterOf(text);
    const std::vector<Outcome> outcomes = outcomesOf(cluster, id.toStdString());
    const std::string failures = linesOf(*cluster, outcomes, Verdict::Fail);
    const std::string unknown = linesOf(*cluster, outcomes, Verdict::NotAssessed);
    const char* verdict = !failures.empty() ? "fail" : !unknown.empty() ? "?" : "pass";
    QVERIFY2(expected == QLatin1String(verdict), (failures + unknown).c_str());
    for (const Outcome& outcome : outcomes) {
        QVERIFY(!outcome.message.empty() && outcome.message.ends_with('.'));
        QVERIFY(outcome.verdict != Verdict::Fail || !outcome.evidence.empty());
    }
}

void tst_AccessControls::saysWhatItFound_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("lines");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* id, const char* lines, const char* expected) {
        QTest::addRow("%s", name) << QString::fromUtf8(id) << QString::fromUtf8(lines) << QString::fromUtf8(expected);
    };
    row("verbs, resources, namespace", "R07",
        "role shop/r create,patch apps deployments,statefulsets\nbind shop/b shop/r s:ci/deployer,u:ann",
        "rolebinding/shop/b: ServiceAccount ci/deployer and User ann may create and patch deployments and statefulsets "
        "in namespace shop "
        "through Role r, and with them run code as service accounts there.\n");
    row("names and whole cluster", "R20",
        "role r update admissionregistration.k8s.io mutatingwebhookconfigurations a,b\nbind b r g:dev",
        "clusterrolebinding/b: Group dev may update mutatingwebhookconfigurations (only a and b) in the whole cluster "
        "through ClusterRole r.\n");
    row("everything", "R08", "role r * * *\nbind b r u:a,u:b,u:c,u:d,u:e",
        "clusterrolebinding/b: User a, User b, User c and 2 more may create pods/exec in every namespace through "
        "ClusterRole r "
        "(which grants everything), which is a shell inside.\n");
    row("role without binding", "R04", "role r get apps,- *",
        "clusterrole/r: ClusterRole r grants get on every resource of apps and the core group (no binding in the "
        "source names it).\n");
    row("every path", "R03", "role r * *\nbind b r u:ann",
        "clusterrole/r: ClusterRole r grants every verb on every path.\n");
    row("anonymous", "R30", "role r get - pods\nbind shop/b r u:system:anonymous",
        "rolebinding/shop/b: User system:anonymous holds ClusterRole r in namespace shop: no login is needed.\n");
    row("hostile names", "R30", "role r get - pods\nbind b r\\u001b[31m u:system:anonymous",
        "clusterrolebinding/b: User system:anonymous holds ClusterRole r\\x1b[31m in the whole cluster, a role that "
        "does not exist yet: no login is needed.\n");
}

void tst_AccessControls::saysWhatItFound()
{
    QFETCH(QString, id);
    QFETCH(QString, lines);
    QFETCH(QString, expected);
    const auto cluster = clusterOf(lines.toStdString());
    QCOMPARE(linesOf(*cluster, outcomesOf(cluster, id.toStdString()), Verdict::Fail), expected.toStdString());
}

void tst_AccessControls::pointsAtTheDecidingLines()
{
    const auto cluster = clusterOf("role r get - pods;create - pods/exec a\nbind b r u:ann,g:system:masters,g:dev");
    const auto outcomes = outcomesOf(cluster, "R08");
    const auto found = std::ranges::find(outcomes, Verdict::Fail, &Outcome::verdict);
    QVERIFY(found != outcomes.end());
    std::string text;
    for (const control::Evidence& evidence : found->evidence)
        text += cluster->refOf(evidence.object) + evidence.pointer + ' ' + evidence.value + '\n';
    QCOMPARE(text,
        std::string("clusterrolebinding/b/subjects/0 User ann\n"
                    "clusterrolebinding/b/subjects/2 Group dev\n"
                    "clusterrolebinding/b/roleRef/name ClusterRole r\n"
                    "clusterrole/r/rules/1/resources resources: pods/exec\n"
                    "clusterrole/r/rules/1/verbs verbs: create\n"
                    "clusterrole/r/rules/1/resourceNames resourceNames: a\n"));
    QCOMPARE(found->affected, 2u);
    QVERIFY(found->patch.isEmpty());
}

void tst_AccessControls::removesSubjectsAsRemedy()
{
    const auto cluster = clusterOf("role r get - pods\nbind b r u:system:anonymous,u:ann,g:system:unauthenticated");
    const auto outcomes = outcomesOf(cluster, "R30");
    const auto found = std::ranges::find(outcomes, Verdict::Fail, &Outcome::verdict);
    QVERIFY(found != outcomes.end());
    QCOMPARE(cluster->refOf(found->patch.target), std::string("clusterrolebinding/b"));
    const std::vector<cluster::Patch::Edit> expected { { "/subjects/2", "" }, { "/subjects/0", "" } };
    QVERIFY(found->patch.edits == expected);
}

void tst_AccessControls::judgesEveryBindingOnce_data()
{
    QTest::addColumn<QString>("id");
    for (const control::Control& one : control::accessControls())
        QTest::addRow("%s", std::string(one.id).c_str()) << test::q(one.id.substr(4));
}

// Also: the same cluster in another order of its objects gives the same outcomes.
void tst_AccessControls::judgesEveryBindingOnce()
{
    QFETCH(QString, id);
    const std::string objects[] = { "role r * * *", "role shop/r get - secrets", "bind a r u:ann",
        "bind shop/b shop/r s:shop/default", "bind shop/c gone g:dev", "account shop/default",
        "raw {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: []}}" };
    std::string forwards, backwards;
    for (const std::string& line : objects) {
        forwards += line + '\n';
        backwards = line + '\n' + backwards;
    }
    std::string texts[2];
    for (int order = 0; order < 2; ++order) {
        const auto cluster = clusterOf(order == 0 ? forwards : backwards);
        std::map<std::string, int> seen;
        for (const Outcome& outcome : outcomesOf(cluster, id.toStdString())) {
            const std::string ref = outcome.object ? cluster->refOf(outcome.object) : "control";
            ++seen[ref];
            texts[order] += ref + ' ' + std::string(control::toText(outcome.verdict)) + ' ' + outcome.message + '\n';
        }
        QVERIFY(!seen.empty());
        QVERIFY2(std::ranges::all_of(seen, [](const auto& one) { return one.second == 1; }), texts[order].c_str());
    }
    QCOMPARE(texts[0], texts[1]);
}

void tst_AccessControls::passesWhatKubernetesMakes_data()
{
    judgesEveryBindingOnce_data();
}

// In a real cluster nothing that the API server itself bound or made is a finding.
void tst_AccessControls::passesWhatKubernetesMakes()
{
    QFETCH(QString, id);
    const auto folder = test::sharedPath("snapshots/harbor");
    if (!folder)
        QSKIP("the shared snapshot harbor is not there");
    static const auto cluster = test::clusterFromPath(*folder);
    std::string wrong;
    unsigned failed = 0;
    for (const Outcome& outcome : outcomesOf(cluster, id.toStdString())) {
        QVERIFY2(outcome.verdict != Verdict::NotAssessed || id == QLatin1String("R44"), outcome.message.c_str());
        if (outcome.verdict != Verdict::Fail)
            continue;
        ++failed;
        if (cluster->label(cluster->object(outcome.object), "kubernetes.io/bootstrapping") == "rbac-defaults")
            wrong += cluster->refOf(outcome.object) + ": " + outcome.message + '\n';
    }
    qInfo("%s: %u findings", qPrintable(id), failed);
    QCOMPARE(wrong, std::string());
}

void tst_AccessControls::findsPlantedFaultsOfHarbor()
{
    const auto folder = test::sharedPath("snapshots/harbor");
    if (!folder)
        QSKIP("the shared snapshot harbor is not there");
    const auto cluster = test::clusterFromPath(*folder);
    const std::pair<const char*, const char*> planted[] = {
        { "R01", "clusterrolebinding/superadmin" },
        { "R01", "clusterrolebinding/platform-admins" },
        { "R02", "rolebinding/legacy/legacy-admin" },
        { "R02", "rolebinding/payments/payments-owners" },
        { "R06", "rolebinding/big-monolith/secret-reader-binding" },
        { "R17", "rolebinding/kube-system/token-minter" },
        { "R18", "clusterrolebinding/node-debugger" },
        { "R19", "clusterrolebinding/csr-robot" },
        { "R30", "clusterrolebinding/public-pod-reader" },
        { "R30", "rolebinding/sandbox/anonymous-sees-sandbox" },
        { "R31", "rolebinding/sandbox/sandbox-for-everyone" },
        { "R33", "clusterrolebinding/monitoring-all" },
        { "R35", "clusterrolebinding/dangling" },
        { "R35", "rolebinding/ci/paths-in-a-role" },
    };
    std::string missing;
    for (const auto& [id, object] : planted)
        if (!linesOf(*cluster, outcomesOf(cluster, id), Verdict::Fail).contains(std::string(object) + ": "))
            missing += std::string(id) + ' ' + object + '\n';
    QCOMPARE(missing, std::string());
}

QTEST_GUILESS_MAIN(tst_AccessControls)
#include "tst_AccessControls.moc"
