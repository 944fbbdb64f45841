using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>A file of the gateway's pods that a Secret or ConfigMap holds.</summary>
/// <param name="Path">Its path in the folder of such files.</param>
/// <param name="Source">The Secret or ConfigMap and its key.</param>
internal sealed record GatewayFile(string Path, CertificateSource Source)
{
    public GatewayFile(string path, SecretKeyReference secret)
        : this(path, new CertificateSource { SecretKeyRef = secret })
    {
    }

    /// <summary>The path in the container.</summary>
    public string FullPath => FullPathOf(Path);

    public static string FullPathOf(string path) => $"{GatewayPaths.FilesFolder}/{path}";
}

/// <summary>
/// All that the gateway reads from Secrets and bundles. They are files and no variables, since the gateway takes a changed file while it runs: a renewed
/// certificate or another key rolls no pod.
/// </summary>
internal static class GatewayFiles
{
    public const string Dsn = "dsn";
    public const string Authorities = "ingest/ca.crt";
    public const string Certificate = "tls/tls.crt";
    public const string CertificateKey = "tls/tls.key";
    public const string ClientAuthorities = "tls/client-ca.crt";
    public const string BearerToken = "auth/token";
    public const string MetricsAuthorities = "metrics/ca.crt";

    /// <summary>The files that a spec asks for.</summary>
    public static IReadOnlyList<GatewayFile> Of(SentryExporterSpec spec)
    {
        var files = new List<GatewayFile>();
        if (spec.DsnSecretRef is { } dsn)
        {
            files.Add(new GatewayFile(Dsn, dsn));
        }

        if (IngestTls(spec)?.CaFrom is { } authorities)
        {
            files.Add(new GatewayFile(Authorities, authorities));
        }

        if (spec.Gateway.Tls is { } tls)
        {
            files.Add(new GatewayFile(Certificate, new SecretKeyReference { Name = tls.SecretName, Key = "tls.crt" }));
            files.Add(new GatewayFile(CertificateKey, new SecretKeyReference { Name = tls.SecretName, Key = "tls.key" }));
            if (tls.ClientCaFrom is { } clients)
            {
                files.Add(new GatewayFile(ClientAuthorities, clients));
            }
        }

        if (spec.Gateway.Auth is { } auth)
        {
            files.Add(new GatewayFile(BearerToken, auth.BearerTokenSecretRef));
        }

        if (spec.Metrics?.Tls?.CaFrom is { } metrics)
        {
            files.Add(new GatewayFile(MetricsAuthorities, metrics));
        }

        files.AddRange((spec.Metrics?.HeadersFrom ?? []).Select(static header => new GatewayFile(MetricsHeader(header.Name), header.SecretKeyRef)));
        return files;
    }

    /// <summary>TLS towards the ingest, which is all of Sentry that a gateway in a cluster speaks to.</summary>
    public static ClientTlsSpec? IngestTls(SentryExporterSpec spec) => spec.Ingest?.Tls ?? spec.Http.Tls;

    /// <summary>Path of a header's value.</summary>
    public static string MetricsHeader(string name) => $"metrics/headers/{name}";

    /// <summary>The sources of a projected volume that holds the files.</summary>
    public static JsonArray Sources(IReadOnlyList<GatewayFile> files) => [.. files.Select(static file => (JsonNode)Source(file))];

    private static JsonObject Source(GatewayFile file)
    {
        var (kind, name, key) = file.Source switch
        {
            { SecretKeyRef: { } secret } => ("secret", secret.Name, secret.Key),
            { ConfigMapKeyRef: { } map } => ("configMap", map.Name, map.Key),
            _ => throw new ArgumentException("A source without a reference is refused by the validator.", nameof(file)),
        };
        return new JsonObject
        {
            [kind] = new JsonObject { ["name"] = name, ["items"] = new JsonArray(new JsonObject { ["key"] = key, ["path"] = file.Path }) },
        };
    }
}
