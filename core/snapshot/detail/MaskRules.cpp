// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/MaskRules.h"

#include <array>

namespace plimsoll::snapshot::detail {

namespace {

// Sources: each issuer's description of its keys; which issuers matter compared with gitleaks (MIT) and Trivy
// (Apache-2.0). In order of what is told when several fit.
constexpr std::array patterns = std::to_array<Pattern>({
    // Keys and files of any issuer.
    { "private-key", "PRIVATE KEY",
        R"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\\\sA-Za-z0-9+/=:,.\-]{40})" },
    { "private-key", "LS0tLS1CRUdJTi",
        "LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFWS|BSU0EgUFJJVkFURS|BFQyBQUklWQVRF|BPUEVOU1NIIFBS|BFTkNSWVBURUQgUFJJ"
        "|BEU0EgUFJJVkFURS|BQR1AgUFJJVkFURS)" },
    { "private-key", "PuTTY-User-Key-File", R"(PuTTY-User-Key-File-\d: )" },
    { "secret-manifest", "Secret", R"((?m)^\s*kind:\s*["']?Secret["']?\s*$)" },
    { "json-web-token", "eyJ", R"(\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})" },
    { "kubeconfig", "client-key-data", R"(client-key-data\\?"?\s*:\s*\\?"?[A-Za-z0-9+/=]{20,})" },
    { "registry-login", "\"auth", R"("auth\\?"\s*:\s*\\?"[A-Za-z0-9+/]{8,}={0,2}\\?")" },
    { "age-key", "AGE-SECRET-KEY-1", R"(AGE-SECRET-KEY-1[A-Z0-9]{50,})" },
    { "openshift-token", "sha256~", R"(\bsha256~[A-Za-z0-9_-]{40,44}\b)" },

    // Clouds.
    { "aws-access-key", "AKIA|ASIA", R"(\bA[KS]IA[A-Z2-7]{16}\b)" },
    { "google-api-key", "AIza", R"(\bAIza[A-Za-z0-9_-]{35})" },
    { "google-oauth", "GOCSPX-", R"(\bGOCSPX-[A-Za-z0-9_-]{20,})" },
    { "google-oauth", "ya29.", R"(\bya29\.[A-Za-z0-9_-]{30,})" },
    { "azure-key", "AccountKey=", R"(AccountKey=[A-Za-z0-9+/]{40,})" },
    { "azure-key", "SharedAccessKey=", R"(SharedAccessKey=[A-Za-z0-9+/]{30,})" },
    { "azure-signature", "sig=", R"([?&]sig=[A-Za-z0-9%+/=]{30,})" },
    { "azure-client-secret", "8Q~|7Q~", R"(\b[A-Za-z0-9~_.-]{3}[78]Q~[A-Za-z0-9~_.-]{31,34})" },
    { "digitalocean-token", "_v1_", R"(\bdo[opr]_v1_[a-f0-9]{64})" },
    { "alibaba-key", "LTAI", R"(\bLTAI[A-Za-z0-9]{16,24}\b)" },
    { "cloudflare-key", "v1.0-", R"(\bv1\.0-[a-f0-9]{24}-[a-f0-9]{146}\b)" },
    { "heroku-key", "HRKU-", R"(\bHRKU-[A-Za-z0-9_-]{30,})" },
    { "fly-token", "fm2_|fo1_", R"(\bf(?:m2|o1)_[A-Za-z0-9+/=_-]{40,})" },
    { "aiven-token", "AVNS_", R"(\bAVNS_[A-Za-z0-9_-]{15,})" },
    { "planetscale-token", "pscale_", R"(\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9=._-]{30,})" },

    // Source, packages and builds.
    { "github-token", "ghp_|gho_|ghu_|ghs_|ghr_", R"(\bgh[pousr]_[A-Za-z0-9]{30,})" },
    { "github-token", "github_pat_", R"(\bgithub_pat_[A-Za-z0-9_]{22,})" },
    { "gitlab-token", "glpat-|gldt-|glrt-|glptt-|glcbt-|glsoat-|glft-|glagent-|gloas-",
        R"(\bgl(?:pat|dt|rt|ptt|cbt|soat|ft|agent|oas)-[A-Za-z0-9_.-]{20,})" },
    { "bitbucket-token", "ATBB|ATCTT3", R"(\bAT(?:BB|CTT3)[A-Za-z0-9_=-]{24,})" },
    { "atlassian-token", "ATATT3", R"(\bATATT3[A-Za-z0-9_=-]{60,})" },
    { "npm-token", "npm_", R"(\bnpm_[A-Za-z0-9]{36})" },
    { "pypi-token", "pypi-AgEI", R"(\bpypi-AgEI[A-Za-z0-9_-]{40,})" },
    { "rubygems-token", "rubygems_", R"(\brubygems_[a-f0-9]{48}\b)" },
    { "docker-token", "dckr_pat_|dckr_oat_", R"(\bdckr_[po]at_[A-Za-z0-9_-]{20,})" },
    { "artifactory-token", "AKCp", R"(\bAKCp[A-Za-z0-9]{60,})" },
    { "circleci-token", "CCIPAT_|CCIPRJ_", R"(\bCCIP(?:AT|RJ)_[A-Za-z0-9]+_[a-f0-9]{40})" },
    { "buildkite-token", "bkua_", R"(\bbkua_[a-f0-9]{40}\b)" },
    { "sonar-token", "sqp_|squ_|sqa_", R"(\bsq[pua]_[a-f0-9]{40}\b)" },
    { "terraform-token", ".atlasv1.", R"(\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,})" },
    { "pulumi-token", "pul-", R"(\bpul-[a-f0-9]{40}\b)" },

    // Stores of secrets, identity, networks.
    { "vault-token", "hvs.|hvb.|hvr.", R"(\bhv[sbr]\.[A-Za-z0-9_-]{20,})" },
    { "doppler-token", "dp.", R"(\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,})" },
    { "onepassword-token", "ops_eyJ", R"(\bops_eyJ[A-Za-z0-9+/=_-]{100,})" },
    { "tailscale-key", "tskey-", R"(\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{10,})" },

    // Observation.
    { "grafana-token", "glsa_", R"(\bglsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8})" },
    { "grafana-token", "glc_eyJ", R"(\bglc_eyJ[A-Za-z0-9+/=]{30,})" },
    { "grafana-token", "eyJrIjoi", R"(\beyJrIjoi[A-Za-z0-9+/=]{40,})" },
    { "new-relic-key", "NRAK-|NRII-", R"(\bNR(?:AK|II)-[A-Za-z0-9_-]{27,})" },
    { "sentry-token", "sntrys_|sntryu_", R"(\bsntry[su]_[A-Za-z0-9+/=_-]{40,})" },
    { "dynatrace-token", "dt0", R"(\bdt0[a-z]\d{2}\.[A-Z0-9]{8,24}\.[A-Z0-9]{60,})" },

    // Messages, payments, data and models.
    { "slack-token", "xox", R"(\bxox[abeoprs]-[A-Za-z0-9-]{10,})" },
    { "slack-token", "xapp-", R"(\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{30,})" },
    { "slack-webhook", "hooks.slack.com/",
        R"(hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,})" },
    { "discord-webhook", "/api/webhooks/", R"(discord(?:app)?\.com/api/webhooks/\d{10,}/[A-Za-z0-9_-]{40,})" },
    { "teams-webhook", "/webhookb2/|/IncomingWebhook/",
        R"(office\.com/webhookb?2?/[A-Za-z0-9@-]{30,}/IncomingWebhook/)" },
    { "telegram-token", ":AA", R"(\b\d{8,10}:AA[A-Za-z0-9_-]{33})" },
    { "stripe-key", "k_live_|k_test_", R"(\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,})" },
    { "stripe-webhook", "whsec_", R"(\bwhsec_[A-Za-z0-9+/=]{24,})" },
    { "square-key", "sq0csp-", R"(\bsq0csp-[A-Za-z0-9_-]{40,})" },
    { "sendgrid-key", "SG.", R"(\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})" },
    { "mailgun-key", "key-", R"((?:^|[^A-Za-z0-9-])key-[a-f0-9]{32}\b)" },
    { "mailchimp-key", "-us", R"(\b[a-f0-9]{32}-us\d{1,2}\b)" },
    { "brevo-key", "xkeysib-|xsmtpsib-", R"(\bx(?:key|smtp)sib-[a-f0-9]{60,}-[A-Za-z0-9]{16})" },
    { "shopify-token", "shpat_|shpss_|shpca_|shppa_", R"(\bshp(?:at|ss|ca|pa)_[a-fA-F0-9]{32})" },
    { "databricks-token", "dapi", R"(\bdapi[a-f0-9]{32}\b)" },
    { "ai-key", "sk-ant-|sk-proj-|sk-svcacct-", R"(\bsk-(?:ant|proj|svcacct)-[A-Za-z0-9_-]{30,})" },
    { "ai-key", "T3BlbkFJ", R"(\bsk-[A-Za-z0-9_-]*T3BlbkFJ[A-Za-z0-9_-]{10,})" },
    { "ai-key", "gsk_|pplx-|xai-", R"(\b(?:gsk_|pplx-|xai-)[A-Za-z0-9]{40,})" },
    { "huggingface-token", "hf_", R"(\bhf_[A-Za-z]{34}\b)" },
    { "linear-key", "lin_api_", R"(\blin_api_[A-Za-z0-9]{40}\b)" },
    { "figma-token", "figd_", R"(\bfigd_[A-Za-z0-9_-]{40,})" },
    { "notion-token", "ntn_", R"(\bntn_[A-Za-z0-9]{43,})" },
    { "postman-key", "PMAK-", R"(\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b)" },
    { "hubspot-token", "pat-", R"(\bpat-(?:na|eu)\d-[a-f0-9]{8}-(?:[a-f0-9]{4}-){3}[a-f0-9]{12}\b)" },
    { "supabase-token", "sbp_", R"(\bsbp_[a-f0-9]{40}\b)" },

    // Logins in texts.
    { "authorization-header", "earer ",
        R"((?i)\bauthorization\\?["']?\s*[:=]\s*\\?["']?bearer\s+[A-Za-z0-9._~+/=-]{16,})" },
    { "authorization-header", "asic ", R"((?i)\bauthorization\\?["']?\s*[:=]\s*\\?["']?basic\s+[A-Za-z0-9+/=]{8,})" },
    { "password-hash", "$apr1$|$1$", R"(\$(?:apr1|1)\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{20,})" },
    { "password-hash", "$2a$|$2b$|$2y$", R"(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})" },
    { "password-hash", "$5$|$6$|$y$", R"(\$(?:5|6|y)\$[./A-Za-z0-9$=]{1,40}\$[./A-Za-z0-9]{40,})" },
    { "password-hash", "$argon2|$pbkdf2|$scrypt", R"(\$(?:argon2(?:id|i|d)|pbkdf2[a-z0-9-]*|scrypt)\$[^\s"']{30,})" },
    { "password-hash", "{SHA}|{SSHA}", R"(\{SS?HA\}[A-Za-z0-9+/]{27,}=)" },
    { "url-password", "://", R"([A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@"'<>]{0,128}:([^\s/@"'<>]{1,256})@[^\s/@:])",
        Match::Password },
    { "url-token", "://", R"(\bhttps?://([A-Za-z0-9_-]{20,128})@(?:[A-Za-z0-9-]+\.)*(?:git|bit|code|dev)[^\s/@:]*)",
        Match::Token },
    { "shell-password", " -p",
        R"(\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-admin|mysqlsh)\b[^\n|;&]{0,256}?\s-p([^\s'"|;&]{3,64}))",
        Match::Password },
    { "shell-password", " -p",
        R"(\b(?:sshpass|mongo|mongosh|mongodump|mongorestore|mongoexport|htpasswd|sqlcmd|login)\b[^\n|;&]{0,256}?\s-p\s*['"]?([^\s'"|;&]{3,64}))",
        Match::Password },
    { "shell-password", " -P",
        R"(\b(?:mosquitto_(?:pub|sub)|sqlcmd|isql|bcp)\b[^\n|;&]{0,256}?\s-P\s*['"]?([^\s'"|;&]{3,64}))",
        Match::Password },
    { "shell-password", "redis-cli", R"(\bredis-cli\b[^\n|;&]{0,256}?\s(?:-a|--pass)\s+['"]?([^\s'"|;&]{3,64}))",
        Match::Password },
    { "shell-password", "curl|wget",
        R"(\bcurl\b[^\n|;&]{0,512}?\s(?:-u|--user|-U)[\s=]*['"]?[^\s:'"]{1,64}:([^\s'"|;&]{3,128}))", Match::Password },
    { "config-password", "requirepass|masterauth", R"((?m)^\s*(?:requirepass|masterauth)\s+["']?([^\s"']{3,128}))",
        Match::Password },
    { "config-password", "machine ", R"(\bmachine\s+\S{1,255}\s+login\s+\S{1,128}\s+password\s+(\S{3,128}))",
        Match::Password },
    { "config-password", "dentified|DENTIFIED",
        R"((?i)\bidentified\s+(?:with\s+\S{1,64}\s+)?by\s+\\?['"]([^'"\\]{3,128}))", Match::Password },
    { "config-password", "assword '|ASSWORD '", R"((?i)\bpassword\s+'([^'\\]{3,128})')", Match::Password },
    { "config-password", "assword>", R"((?i)<[a-z.:-]{0,40}password>([^<\s]{3,128})</)", Match::Password },
    { "config-password", "assword\" value|assword' value", R"((?i)password["']\s+value\s*=\s*["']([^"'\s]{3,128})["'])",
        Match::Password },
    { "config-password", ":5432:", R"((?m)^[^\s:#]{1,255}:5432:[^\s:]{1,64}:[^\s:]{1,64}:(\S{3,128})$)",
        Match::Password },
});

} // namespace

std::span<const Pattern> maskPatterns()
{
    return patterns;
}

} // namespace plimsoll::snapshot::detail
