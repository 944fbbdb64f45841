using System.Text.Json.Nodes;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Cli.Conversion;

/// <summary>What receivers and processors in front of an exporter say of the gateway's pods: batches, tokens of clients, CORS.</summary>
/// <param name="id">Component id of the exporter.</param>
/// <param name="result">Where the manifests go.</param>
/// <param name="tree">The configuration.</param>
/// <param name="context">What the gateway's readers found wrong.</param>
/// <param name="whole">The configuration as they read it; null when it has no service section.</param>
internal sealed class GatewayConversion(string id, ConvertedExporter result, ConfigurationTree tree, ReadContext context, GatewayConfiguration? whole)
{
    private const int MaxBatch = 100_000;
    private const string ClientTokens = "clients";

    public void Run()
    {
        var pipelines = tree.Keys("service.pipelines").Select(static pipeline => $"service.pipelines.{pipeline}").Where(path => tree.List($"{path}.exporters").Contains(id)).ToList();
        foreach (var processor in pipelines.SelectMany(path => tree.List($"{path}.processors")).Where(static processor => processor.Split('/')[0] == "batch").Distinct(StringComparer.Ordinal))
        {
            Batch($"processors.{processor}");
        }

        foreach (var receiver in pipelines.SelectMany(path => tree.List($"{path}.receivers")).Where(static receiver => receiver.Split('/')[0] == "otlp").Distinct(StringComparer.Ordinal))
        {
            foreach (var protocol in (ReadOnlySpan<string>)["grpc", "http"])
            {
                Tokens($"receivers.{receiver}.protocols.{protocol}.auth.authenticator");
            }

            Cors($"receivers.{receiver}.protocols.http.cors");
        }
    }

    private void Batch(string path)
    {
        // The pipelines' readers have joined what several processors say.
        var batch = whole?.Pipelines.FirstOrDefault(pipeline => pipeline.Exporters.Contains(id))?.Batch ?? BatchOf(path);
        if (tree.Keys(path).Count == 0)
        {
            tree.Take(path);
        }

        Carry($"{path}.timeout", "batch.timeout", SpecBuilder.Duration(batch.Timeout));
        Carry($"{path}.send_batch_size", "batch.sendBatchSize", batch.Size is > 0 and <= MaxBatch ? batch.Size : null);
        Carry($"{path}.send_batch_max_size", "batch.sendBatchMaxSize", batch.MaxSize is > 0 and <= MaxBatch ? batch.MaxSize : null);
    }

    // Pipelines of exporters that the readers do not know, as otlphttp.
    private BatchConfiguration BatchOf(string path) =>
        Gateway.Configuration.Readers.ProcessorReader.Batch(new SectionReader(tree.Node(path)!, path, context));

    private void Tokens(string path)
    {
        var authenticator = tree.Text(path)?.Read;
        var extension = $"extensions.{authenticator}";
        if (authenticator?.Split('/')[0] != "bearertokenauth" || context.HasErrorAt(path))
        {
            return;
        }

        tree.Take(path);
        var tokens = tree.Text($"{extension}.token") is { } token ? [token.Shown] : tree.List($"{extension}.tokens");
        tree.Take($"{extension}.token");
        tree.Take($"{extension}.tokens");
        tree.Take($"{extension}.filename");
        result.Secret(ClientTokens, tokens.Count > 0 ? string.Join('\n', tokens) : $"<the content of {tree.Text($"{extension}.filename")?.Shown}>");
        result.Spec.Set("gateway.auth.bearerTokenSecretRef", SpecBuilder.Reference(result.SecretName, ClientTokens));
    }

    private void Cors(string path)
    {
        Carry($"{path}.allowed_origins", "gateway.cors.allowedOrigins", Texts($"{path}.allowed_origins"));
        if (result.Spec.Root["gateway"]?["cors"] is not null)
        {
            Carry($"{path}.allowed_headers", "gateway.cors.allowedHeaders", Texts($"{path}.allowed_headers"));
            Carry($"{path}.max_age", "gateway.cors.maxAgeSeconds", int.TryParse(tree.Text($"{path}.max_age")?.Read, out var seconds) && seconds is >= 0 and <= 86_400 ? seconds : null);
        }
    }

    private JsonArray? Texts(string path) => tree.List(path) is { Count: > 0 } texts ? new JsonArray([.. texts.Select(static text => (JsonNode)text)]) : null;

    private void Carry(string path, string field, JsonNode? value) => Carrying.Carry(tree, context, result.Spec, path, field, value);
}
