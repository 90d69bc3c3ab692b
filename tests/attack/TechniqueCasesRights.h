// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/attack/TechniqueCases.h"

// Situations: what User ann may do by RBAC on pods, identities, roles and Secrets.
namespace plimsoll::test {

// ann holds the rules in a namespace, or everywhere ("").
inline TechniqueCase allows(std::string name, attack::Technique technique, std::string_view ns, std::string_view rules,
    std::string to, Drawn expected, std::string cluster)
{
    return { std::move(name), technique, "user/ann", std::move(to), expected,
        std::move(cluster) + allowYaml(ns, rules) };
}

inline std::vector<TechniqueCase> bindingCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster();
    const std::string shopGroup = "{kind: Group, name: 'system:serviceaccounts:shop'}";
    const std::string toShop = plain + allowYaml("shop", "get pods/log", shopGroup);
    const std::string toAll = plain + allowYaml("shop", "get pods/log", "{kind: Group, name: 'system:authenticated'}")
        + bindYaml("shop", "own", "Role", "r");
    const auto ofWeb = [&](std::string_view subject) {
        return plain + allowYaml("shop", "get pods/log", subject) + roleYaml("dev", "r", "get pods/log")
            + bindYaml("dev", "own", "Role", "r")
            + bindYaml("dev", "web", "Role", "r", "{kind: ServiceAccount, name: web, namespace: shop}");
    };
    return {
        { "E06 of its namespace", GroupMember, "serviceaccount/shop/web", "group/system:serviceaccounts:shop",
            Drawn::Confirmed, toShop },
        { "E06 of another namespace", GroupMember, "serviceaccount/dev/dev", "group/system:serviceaccounts:shop",
            Drawn::None, toShop },
        { "E06 user is no service account", GroupMember, "user/ann", "group/system:serviceaccounts:shop", Drawn::None,
            toShop + bindYaml("shop", "own", "Role", "r") },
        { "E06 everybody", GroupMember, "user/ann", "group/system:authenticated", Drawn::Confirmed, toAll },
        { "E06 anonymous is nobody", GroupMember, "user/system:anonymous", "group/system:authenticated", Drawn::None,
            toAll + bindYaml("shop", "any", "Role", "r", "{kind: User, name: 'system:anonymous'}") },

        { "E07 user", Binding, "user/ann", "rolebinding/shop/b", Drawn::Confirmed,
            plain + allowYaml("shop", "get pods/log") },
        { "E07 service account of the binding's namespace", Binding, "serviceaccount/shop/web", "rolebinding/shop/b",
            Drawn::Confirmed, ofWeb("{kind: ServiceAccount, name: web}") },
        { "E07 service account by its user name", Binding, "serviceaccount/shop/web", "rolebinding/shop/b",
            Drawn::Confirmed, ofWeb("{kind: User, name: 'system:serviceaccount:shop:web'}") },
        { "E07 service account of another namespace", Binding, "serviceaccount/shop/web", "rolebinding/shop/b",
            Drawn::None, ofWeb("{kind: ServiceAccount, name: web, namespace: dev}") },
        { "E07 group of the same name", Binding, "user/ann", "rolebinding/shop/b", Drawn::None,
            ofWeb("{kind: Group, name: ann}") },

        allows("E08 cluster-admin", ClusterAdmin, "", "* *.*", "goal/cluster-admin", Drawn::Confirmed, plain),
        allows(
            "E08 of a namespace", ClusterAdmin, "shop", "* *.*", "goal/namespace-admin/shop", Drawn::Confirmed, plain),
        allows("E08 of a namespace is not of all", ClusterAdmin, "shop", "* *.*", "goal/cluster-admin", Drawn::None,
            plain),
        allows("E08 one API group", ClusterAdmin, "", "* *", "goal/cluster-admin", Drawn::None, plain),
        allows("E08 reading", ClusterAdmin, "", "get,list,watch *.*", "goal/cluster-admin", Drawn::None, plain),
        { "E08 by the name alone", ClusterAdmin, "user/ann", "goal/cluster-admin", Drawn::None,
            plain + roleYaml("", "cluster-admin", "get pods") + bindYaml("", "b", "ClusterRole", "cluster-admin") },
    };
}

inline std::vector<TechniqueCase> podRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster(), pod = "pod/shop/web";
    const std::string newer = plainCluster("v1.35.0");
    return {
        allows("E09", Exec, "shop", "create pods/exec", pod, Drawn::Confirmed, plain),
        allows("E09 everywhere", Exec, "", "create pods/exec", pod, Drawn::Confirmed, plain),
        allows("E09 get, until 1.34", Exec, "shop", "get pods/exec", pod, Drawn::Confirmed, plain),
        allows("E09 get, from 1.35", Exec, "shop", "get pods/exec", pod, Drawn::None, newer),
        allows("E09 no wildcard", Exec, "shop", "create pods/*", pod, Drawn::None, plain),
        allows("E09 wildcard", Exec, "shop", "create *", pod, Drawn::Confirmed, plain),
        allows("E09 wrong group", Exec, "shop", "create pods/exec.apps", pod, Drawn::None, plain),
        allows("E09 other namespace", Exec, "dev", "create pods/exec", pod, Drawn::None, plain),
        allows("E09 this name", Exec, "shop", "create pods/exec web", pod, Drawn::Confirmed, plain),
        allows("E09 other name", Exec, "shop", "create pods/exec api", pod, Drawn::None, plain),

        allows("E10 attach", AttachForward, "shop", "create pods/attach", pod, Drawn::NeedsFact, plain),
        allows("E10 forward", AttachForward, "shop", "create pods/portforward", pod, Drawn::NeedsFact, plain),
        allows("E10 get, until 1.34", AttachForward, "shop", "get pods/portforward", pod, Drawn::NeedsFact, plain),
        allows("E10 get, from 1.35", AttachForward, "shop", "get pods/attach", pod, Drawn::None, newer),
        allows("E10 other namespace", AttachForward, "dev", "create pods/attach", pod, Drawn::None, plain),

        allows("E31", SwapImage, "shop", "patch pods", pod, Drawn::Confirmed, plain),
        allows("E31 status", SwapImage, "shop", "patch pods/status", pod, Drawn::None, plain),
        allows("E31 other namespace", SwapImage, "dev", "update pods", pod, Drawn::None, plain),
        allows("E31 other name", SwapImage, "shop", "update pods api", pod, Drawn::None, plain),

        allows("E32", EphemeralContainer, "shop", "patch pods/ephemeralcontainers", pod, Drawn::Confirmed, plain),
        allows(
            "E32 wrong verb", EphemeralContainer, "shop", "create pods/ephemeralcontainers", pod, Drawn::None, plain),
        allows("E32 other namespace", EphemeralContainer, "dev", "patch pods/ephemeralcontainers", pod, Drawn::None,
            plain),

        allows("E35 get", NodesProxy, "", "get nodes/proxy", pod, Drawn::Confirmed, plain),
        allows("E35 create", NodesProxy, "", "create nodes/proxy", pod, Drawn::Confirmed, plain),
        allows("E35 in a namespace", NodesProxy, "shop", "get nodes/proxy", pod, Drawn::None, plain),
        allows("E35 metrics", NodesProxy, "", "get nodes/metrics", pod, Drawn::None, plain),
        allows("E35 no wildcard", NodesProxy, "", "get nodes/*", pod, Drawn::None, plain),

        allows("E38", ApiProxy, "shop", "get pods/proxy", pod, Drawn::NeedsFact, plain),
        allows("E38 other namespace", ApiProxy, "dev", "get pods/proxy", pod, Drawn::None, plain),
        allows("E38 wrong verb", ApiProxy, "shop", "list pods/proxy", pod, Drawn::None, plain),
    };
}

inline std::vector<TechniqueCase> roleRightCases()
{
    using enum attack::Technique;
    const std::string plain
        = plainCluster() + roleYaml("", "cluster-admin", "* *.*") + roleYaml("", "view", "get pods");
    const std::string rbac = ".rbac.authorization.k8s.io";
    const std::string ofShop = "goal/namespace-admin/shop", ofAll = "goal/cluster-admin";
    const std::string shopBinding = "create rolebindings" + rbac, allBinding = "create clusterrolebindings" + rbac;
    return {
        allows("E11", BindRole, "shop", shopBinding + "; bind clusterroles" + rbac, ofShop, Drawn::Confirmed, plain),
        allows("E11 among others", BindRole, "shop", shopBinding + "; bind roles,clusterroles" + rbac, ofShop,
            Drawn::Confirmed, plain),
        allows("E11 roles of the namespace alone", BindRole, "shop", shopBinding + "; bind roles" + rbac, ofShop,
            Drawn::None, plain),
        { "E11 by two bindings", BindRole, "user/ann", ofShop, Drawn::Confirmed,
            plain + allowYaml("", "bind clusterroles" + rbac) + roleYaml("shop", "w", shopBinding)
                + bindYaml("shop", "w", "Role", "w") },
        allows("E11 without bind", BindRole, "shop", shopBinding, ofShop, Drawn::None, plain),
        allows("E11 bind on bindings", BindRole, "shop", shopBinding + "; bind rolebindings" + rbac, ofShop,
            Drawn::None, plain),
        allows("E11 harmless role only", BindRole, "shop", shopBinding + "; bind clusterroles" + rbac + " view", ofShop,
            Drawn::None, plain),
        allows("E11 other namespace", BindRole, "dev", shopBinding + "; bind clusterroles" + rbac, ofShop, Drawn::None,
            plain),

        allows("E12", BindClusterRole, "", allBinding + "; bind clusterroles" + rbac, ofAll, Drawn::Confirmed, plain),
        allows("E12 this role", BindClusterRole, "", allBinding + "; bind clusterroles" + rbac + " cluster-admin",
            "grant/clusterrole/cluster-admin", Drawn::Confirmed, plain),
        { "E08 of a role that may be bound", ClusterAdmin, "grant/clusterrole/cluster-admin", ofAll, Drawn::Confirmed,
            plain + allowYaml("", allBinding + "; bind clusterroles" + rbac + " cluster-admin") },
        allows("E12 harmless role only", BindClusterRole, "", allBinding + "; bind clusterroles" + rbac + " view",
            ofAll, Drawn::None, plain),
        allows("E12 without bind", BindClusterRole, "", allBinding, ofAll, Drawn::None, plain),
        allows("E12 in a namespace", BindClusterRole, "shop", allBinding + "; bind clusterroles" + rbac, ofAll,
            Drawn::None, plain),
        allows("E12 bind on roles", BindClusterRole, "", allBinding + "; bind roles" + rbac, ofAll, Drawn::None, plain),

        allows("E13", EscalateRole, "", "escalate,patch clusterroles" + rbac, ofAll, Drawn::Confirmed, plain),
        allows("E13 in a namespace", EscalateRole, "shop", "escalate,update roles" + rbac, ofShop, Drawn::Confirmed,
            plain),
        allows("E13 without update", EscalateRole, "", "escalate,get clusterroles" + rbac, ofAll, Drawn::None, plain),
        allows("E13 without escalate", EscalateRole, "", "patch clusterroles" + rbac, ofAll, Drawn::None, plain),
        allows("E13 of another namespace", EscalateRole, "dev", "escalate,update roles" + rbac, ofShop, Drawn::None,
            plain),
    };
}

inline std::vector<TechniqueCase> identityRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster();
    const std::string strong = "serviceaccount/shop/strong";
    const std::string bob = plain + roleYaml("shop", "bobs", "get pods")
        + bindYaml("shop", "bobs", "Role", "bobs", "{kind: User, name: bob}");
    return {
        allows("E14", ImpersonateAccount, "shop", "impersonate serviceaccounts", strong, Drawn::Confirmed, plain),
        allows(
            "E14 everywhere", ImpersonateAccount, "", "impersonate serviceaccounts", strong, Drawn::Confirmed, plain),
        allows("E14 this name", ImpersonateAccount, "shop", "impersonate serviceaccounts strong", strong,
            Drawn::Confirmed, plain),
        allows("E14 other name", ImpersonateAccount, "shop", "impersonate serviceaccounts web", strong, Drawn::None,
            plain),
        allows("E14 other namespace", ImpersonateAccount, "dev", "impersonate serviceaccounts", strong, Drawn::None,
            plain),
        allows("E14 wrong verb", ImpersonateAccount, "shop", "get serviceaccounts", strong, Drawn::None, plain),

        allows("E15 users and groups", ImpersonateUser, "", "impersonate users,groups", "goal/cluster-admin",
            Drawn::Confirmed, plain),
        allows("E15 users", ImpersonateUser, "", "impersonate users", "user/bob", Drawn::Confirmed, bob),
        allows("E15 this user", ImpersonateUser, "", "impersonate users bob", "user/bob", Drawn::Confirmed, bob),
        allows("E15 other user", ImpersonateUser, "", "impersonate users eve", "user/bob", Drawn::None, bob),
        allows("E15 groups alone", ImpersonateUser, "", "impersonate groups", "goal/cluster-admin", Drawn::None, plain),
        allows("E15 users alone", ImpersonateUser, "", "impersonate users", "goal/cluster-admin", Drawn::None, plain),
        allows("E15 in a namespace", ImpersonateUser, "shop", "impersonate users,groups", "goal/cluster-admin",
            Drawn::None, plain),

        allows("E19", TokenRequest, "shop", "create serviceaccounts/token", strong, Drawn::Confirmed, plain),
        allows("E19 this name", TokenRequest, "shop", "create serviceaccounts/token strong", strong, Drawn::Confirmed,
            plain),
        allows("E19 other name", TokenRequest, "shop", "create serviceaccounts/token web", strong, Drawn::None, plain),
        allows("E19 other namespace", TokenRequest, "dev", "create serviceaccounts/token", strong, Drawn::None, plain),
        allows("E19 wrong verb", TokenRequest, "shop", "get serviceaccounts/token", strong, Drawn::None, plain),
    };
}

inline std::vector<TechniqueCase> secretRightCases()
{
    using enum attack::Technique;
    const std::string plain = plainCluster();
    const std::string strong = "serviceaccount/shop/strong", bootstrappers = "group/system:bootstrappers";
    const std::string db = plain + secretYaml("shop", "db"), secret = "secret/shop/db";
    const auto token = [&](std::string_view type, std::string_view account) {
        return plain
            + secretYaml("shop", "tok", type,
                ", annotations: {kubernetes.io/service-account.name: " + std::string(account) + "}", "token: YQ==");
    };
    const std::string boot = plain
        + secretYaml("kube-system", "bootstrap-token-abcdef", "bootstrap.kubernetes.io/token", "",
            "token-id: YWJjZGVm, usage-bootstrap-authentication: dHJ1ZQ==")
        + roleYaml("shop", "boot", "get pods")
        + bindYaml("shop", "boot", "Role", "boot", "{kind: Group, name: 'system:bootstrappers'}");
    return {
        allows("E20", TokenSecret, "shop", "create,get secrets", strong, Drawn::Confirmed, plain),
        allows("E20 create alone", TokenSecret, "shop", "create secrets", strong, Drawn::None, plain),
        allows("E20 read alone", TokenSecret, "shop", "get secrets", strong, Drawn::None, plain),
        allows("E20 other namespace", TokenSecret, "dev", "create,get secrets", strong, Drawn::None, plain),

        allows("E20 a name that is free", TokenSecret, "shop", "create secrets; get secrets own", strong,
            Drawn::Confirmed, plain),
        allows(
            "E20 a name that is taken", TokenSecret, "shop", "create secrets; get secrets db", strong, Drawn::None, db),

        { "E21", ReadTokenSecret, "secret/shop/tok", strong, Drawn::Confirmed,
            token("kubernetes.io/service-account-token", "strong") },
        { "E21 other account", ReadTokenSecret, "secret/shop/tok", strong, Drawn::None,
            token("kubernetes.io/service-account-token", "web") },
        { "E21 other type", ReadTokenSecret, "secret/shop/tok", strong, Drawn::None, token("Opaque", "strong") },

        allows("E22 get", ReadSecret, "shop", "get secrets", secret, Drawn::Confirmed, db),
        allows("E22 list", ReadSecret, "shop", "list secrets", secret, Drawn::Confirmed, db),
        allows("E22 this name", ReadSecret, "shop", "get secrets db", secret, Drawn::Confirmed, db),
        allows("E22 other name", ReadSecret, "shop", "get secrets other", secret, Drawn::None, db),
        allows("E22 other namespace", ReadSecret, "dev", "get secrets", secret, Drawn::None, db),
        allows("E22 wrong verb", ReadSecret, "shop", "update,delete secrets", secret, Drawn::None, db),
        allows("E22 ConfigMaps", ReadSecret, "shop", "get configmaps", secret, Drawn::None, db),

        { "E23", ReadBootstrapToken, "secret/kube-system/bootstrap-token-abcdef", bootstrappers, Drawn::NeedsFact,
            boot },
        { "E23 other type", ReadBootstrapToken, "secret/kube-system/other", bootstrappers, Drawn::None,
            boot + secretYaml("kube-system", "other") },
        { "E23 other namespace", ReadBootstrapToken, "secret/shop/bootstrap-token-abcdef", bootstrappers, Drawn::None,
            boot + secretYaml("shop", "bootstrap-token-abcdef", "bootstrap.kubernetes.io/token") },

        allows("E24", ForgeBootstrapToken, "kube-system", "create secrets", bootstrappers, Drawn::NeedsFact, boot),
        allows("E24 taken by the API server", ForgeBootstrapToken, "kube-system", "create secrets", bootstrappers,
            Drawn::Confirmed, boot + apiServerYaml("--enable-bootstrap-token-auth=true")),
        allows("E24 other namespace", ForgeBootstrapToken, "shop", "create secrets", bootstrappers, Drawn::None, boot),
        allows("E24 names limit no creation", ForgeBootstrapToken, "kube-system", "create secrets x", bootstrappers,
            Drawn::None, boot),
    };
}

} // namespace plimsoll::test
