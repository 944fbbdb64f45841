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

    /// <summary>The files of a gateway and of all exporters that it serves.</summary>
    public static IReadOnlyList<GatewayFile> Of(GatewayInputs inputs) => [.. inputs.Members.SelectMany(OfExporter), .. OfGateway(inputs.Exporter.Spec)];

    /// <summary>The files of an exporter, whoever's gateway serves it.</summary>
    public static IEnumerable<GatewayFile> OfExporter(SentryExporter exporter)
    {
        if (exporter.Spec.DsnSecretRef is { } dsn)
        {
            yield return new GatewayFile(DsnOf(exporter), dsn);
        }

        if (IngestTls(exporter.Spec)?.CaFrom is { } authorities)
        {
            yield return new GatewayFile(AuthoritiesOf(exporter), authorities);
        }
    }

    /// <summary>The files of a gateway itself, as the spec of its exporter asks for them.</summary>
    public static IReadOnlyList<GatewayFile> OfGateway(SentryExporterSpec spec)
    {
        var files = new List<GatewayFile>();
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

    /// <summary>Path of an exporter's DSN.</summary>
    public static string DsnOf(SentryExporter exporter) => FolderOf(exporter) + Dsn;

    /// <summary>Path of the authorities of the ingest that an exporter sends to.</summary>
    public static string AuthoritiesOf(SentryExporter exporter) => FolderOf(exporter) + Authorities;

    /// <summary>Path of a header's value.</summary>
    public static string MetricsHeader(string name) => $"metrics/headers/{name}";

    /// <summary>The sources of a projected volume that holds the files.</summary>
    public static JsonArray Sources(IReadOnlyList<GatewayFile> files) => [.. files.Select(static file => (JsonNode)Source(file))];

    private static string FolderOf(SentryExporter exporter) => exporter.Spec.Gateway.Shared ? $"exporters/{exporter.Metadata.Name}/" : "";

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
