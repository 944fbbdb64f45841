using System.Text.Json.Nodes;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Cli.Conversion;

/// <summary>How an exporter speaks to Sentry, and where its metrics go.</summary>
/// <param name="exporter">Path of the exporter.</param>
/// <param name="result">Where the manifests go.</param>
/// <param name="tree">The configuration.</param>
/// <param name="context">What the gateway's readers found wrong.</param>
/// <param name="read">The exporter as they read it.</param>
/// <param name="notes">What there is to say.</param>
internal sealed class HttpConversion(
    string exporter, ConvertedExporter result, ConfigurationTree tree, ReadContext context, ExporterConfiguration read, List<ConversionNote> notes)
{
    // Names of headers whose values nobody should read.
    private static readonly string[] Confidential = ["auth", "token", "key", "secret", "cookie", "password"];

    public void Run()
    {
        Tls($"{exporter}.http.tls", "http.tls", "sentry-ca");
        Headers();
        if (read.Http.ProxyUrl is { Scheme: "http" or "https", UserInfo.Length: 0 })
        {
            Carry("http.proxy_url", "http.proxyUrl", tree.Text($"{exporter}.http.proxy_url")?.Read);
        }

        Carry("http.compression", "http.compression", read.Http.Gzip ? "gzip" : "none");
        Metrics();
    }

    private void Tls(string path, string field, string bundle)
    {
        Carrying.Carry(tree, context, result.Spec, $"{path}.insecure_skip_verify", $"{field}.insecureSkipVerify", tree.Text($"{path}.insecure_skip_verify")?.Read is "true");
        Carrying.Carry(tree, context, result.Spec, $"{path}.server_name_override", $"{field}.serverName", tree.Text($"{path}.server_name_override")?.Read);
        var name = $"{result.Name}-{bundle}";
        if (tree.Text($"{path}.ca_pem") is { Missing.Count: 0 } pem)
        {
            tree.Take($"{path}.ca_pem");
            result.ConfigMap(name, "ca.crt", pem.Shown);
            result.Spec.Set($"{field}.caFrom.configMapKeyRef", SpecBuilder.Reference(name, "ca.crt"));
        }
        else if (tree.Text($"{path}.ca_file") is { } file)
        {
            tree.Take($"{path}.ca_file");
            result.Spec.Set($"{field}.caFrom.configMapKeyRef", SpecBuilder.Reference(name, "ca.crt"));
            notes.Add(new ConversionNote(tree.LineOf($"{path}.ca_file"), $"{path}.ca_file", $"is expected in a ConfigMap now: kubectl create configmap {name} --from-file=ca.crt={file.Shown}"));
        }
    }

    private void Headers()
    {
        foreach (var name in tree.Keys($"{exporter}.http.headers"))
        {
            var path = $"{exporter}.http.headers.{name}";
            if (Array.Exists(Confidential, word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) || tree.Text(path) is not { Missing.Count: 0 } text || context.HasErrorAt(path))
            {
                continue;
            }

            tree.Take(path);
            result.Spec.Set("http.headers", (JsonNode?)((result.Spec.Root["http"]?["headers"] as JsonObject)?.DeepClone() ?? new JsonObject()));
            result.Spec.Root["http"]!["headers"]![name] = text.Shown;
        }
    }

    private void Metrics()
    {
        var path = $"{exporter}.metrics.forward_to";
        if (read.MetricsForwarding is not { } forwarding || !Carrying.Carry(tree, context, result.Spec, $"{path}.endpoint", "metrics.forwardTo", tree.Text($"{path}.endpoint")?.Read))
        {
            return;
        }

        Carrying.Carry(tree, context, result.Spec, $"{path}.protocol", "metrics.protocol", forwarding.IsGrpc ? "grpc" : "http/protobuf");
        var headers = new JsonArray();
        foreach (var name in tree.Keys($"{path}.headers"))
        {
            if (tree.Text($"{path}.headers.{name}") is { } value && !context.HasErrorAt($"{path}.headers.{name}"))
            {
                tree.Take($"{path}.headers.{name}");
                result.Secret($"metrics-{name.ToLowerInvariant()}", value.Shown);
                headers.Add((JsonNode)new JsonObject { ["name"] = name, ["secretKeyRef"] = SpecBuilder.Reference(result.SecretName, $"metrics-{name.ToLowerInvariant()}") });
            }
        }

        result.Spec.Set("metrics.headersFrom", headers.Count > 0 ? headers : null);
        Tls($"{path}.tls", "metrics.tls", "metrics-ca");
    }

    private void Carry(string key, string field, JsonNode? value) => Carrying.Carry(tree, context, result.Spec, $"{exporter}.{key}", field, value);
}
