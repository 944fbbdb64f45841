using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Kubernetes.Configuration;

/// <summary>Credentials of a kubeconfig user.</summary>
internal sealed class KubeConfigUser
{
    private const string ExecExtension = "client.authentication.k8s.io/exec";

    public PemSource? ClientCertificate { get; private init; }

    public PemSource? ClientKey { get; private init; }

    public string? Token { get; private init; }

    public string? TokenFile { get; private init; }

    public string? Username { get; private init; }

    public string? Password { get; private init; }

    public ExecConfig? Exec { get; private init; }

    public ImpersonationConfig? Impersonate { get; private init; }

    public static KubeConfigUser Read(KubeConfigNode? user, KubeConfigNode cluster)
    {
        if (user is null)
        {
            return new KubeConfigUser();
        }

        if (user.Map("auth-provider") is not null)
        {
            throw user.Error("auth-provider is no longer supported by Kubernetes clients; use an exec credential plugin");
        }

        var credentials = new KubeConfigUser
        {
            ClientCertificate = user.Pem("client-certificate"),
            ClientKey = user.Pem("client-key"),
            Token = user.TextOrNone("token"),
            TokenFile = user.FilePath("tokenFile"),
            Username = user.TextOrNone("username"),
            Password = user.TextOrNone("password"),
            Exec = user.Map("exec") is { } exec ? ReadExec(exec, cluster) : null,
            Impersonate = ReadImpersonation(user),
        };
        if (credentials.ClientCertificate is null != credentials.ClientKey is null)
        {
            throw user.Error("client-certificate and client-key must both be there, or neither");
        }

        if (credentials.Username is not null && (credentials.Token is not null || credentials.TokenFile is not null))
        {
            throw user.Error("token and username can not stand together; remove one");
        }

        return credentials;
    }

    private static ImpersonationConfig? ReadImpersonation(KubeConfigNode user)
    {
        var name = user.TextOrNone("as");
        var groups = user.Texts("as-groups");
        var extra = user.Map("as-user-extra");
        if (name is null)
        {
            return groups.Count == 0 && extra is null && user.TextOrNone("as-uid") is null
                ? null
                : throw user.Error("as-uid, as-groups and as-user-extra need an \"as\"");
        }

        return new ImpersonationConfig
        {
            User = name,
            Uid = user.TextOrNone("as-uid"),
            Groups = groups,
            Extra = extra?.Keys.ToDictionary(key => key, key => extra.Texts(key), StringComparer.Ordinal)
                ?? new Dictionary<string, IReadOnlyList<string>>(),
        };
    }

    private static ExecConfig ReadExec(KubeConfigNode exec, KubeConfigNode cluster)
    {
        var apiVersion = exec.TextOrNone("apiVersion") ?? throw exec.Error("apiVersion is missing");
        if (apiVersion is not (ExecVersions.V1 or ExecVersions.V1Beta1))
        {
            throw exec.Wrong("apiVersion", $"{ExecVersions.V1} or {ExecVersions.V1Beta1}, not \"{apiVersion}\"");
        }

        var mode = exec.TextOrNone("interactiveMode");
        if (mode is null && apiVersion == ExecVersions.V1)
        {
            throw exec.Error($"interactiveMode is missing; {ExecVersions.V1} wants Never, IfAvailable or Always");
        }

        var command = exec.TextOrNone("command") ?? throw exec.Error("command is missing");
        return new ExecConfig
        {
            ApiVersion = apiVersion,
            Command = command.Contains('/', StringComparison.Ordinal) ? exec.Resolve(command) : command,
            Args = exec.Texts("args"),
            Env = exec.Maps("env").ToDictionary(
                entry => entry.TextOrNone("name") ?? throw entry.Error("name is missing"),
                entry => entry.Text("value") ?? "",
                StringComparer.Ordinal),
            InstallHint = exec.TextOrNone("installHint"),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
            InteractiveMode = mode switch
            {
                null or "IfAvailable" => ExecInteractiveMode.IfAvailable,
                "Never" => ExecInteractiveMode.Never,
                "Always" => ExecInteractiveMode.Always,
                _ => throw exec.Wrong("interactiveMode", "Never, IfAvailable or Always"),
            },
            ClusterConfig = cluster.Maps("extensions")
                .FirstOrDefault(extension => extension.Text("name") == ExecExtension)?.Map("extension") is { } config
                    ? ToJson(config.Yaml)!.ToJsonString()
                    : null,
        };
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair =>
            KeyValuePair.Create((pair.Key as YamlScalarNode)?.Value ?? "", ToJson(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
        YamlScalarNode scalar when KubeConfigNode.IsNull(scalar) => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" } => JsonValue.Create(true),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" } => JsonValue.Create(false),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when long.TryParse(scalar.Value, out var number) => JsonValue.Create(number),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };
}
