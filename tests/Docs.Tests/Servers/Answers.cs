using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Operator.Controllers;

namespace SentryOtel.Docs.Tests.Servers;

/// <summary>What kubectl printed of objects that a server took.</summary>
internal static class Answers
{
    /// <summary>The objects, one after the other or in a List.</summary>
    public static IReadOnlyList<JsonObject> Read(string output)
    {
        var objects = new List<JsonObject>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(output), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
            var read = (JsonObject)JsonNode.Parse(ref reader)!;
            objects.AddRange((string?)read["kind"] == "List" ? read["items"]!.AsArray().Select(static item => (JsonObject)item!) : [read]);
        }

        return objects;
    }

    /// <summary>Fields of a document that the server did not keep: it does not know them. A Secret's texts come back encoded.</summary>
    public static IEnumerable<string> Lost(JsonNode? sent, JsonNode? kept, string path = "") => sent switch
    {
        JsonObject map => map.Where(pair => path.Length > 0 || pair.Key != "stringData")
            .SelectMany(pair => kept is JsonObject other && other.ContainsKey(pair.Key) ? Lost(pair.Value, other[pair.Key], $"{path}.{pair.Key}") : [$"{path}.{pair.Key}"]),
        JsonArray list => list.SelectMany((item, index) => kept is JsonArray other && index < other.Count ? Lost(item, other[index], $"{path}[{index}]") : [$"{path}[{index}]"]),
        _ => [],
    };

    /// <summary>What the operator would call InvalidSpec.</summary>
    public static IEnumerable<string> Invalid(JsonObject resource) => (string?)resource["kind"] switch
    {
        "SentryExporter" => Invalid(resource.Deserialize(CrdJsonContext.Default.SentryExporter)!),
        "SentryProjectRoute" => SentryProjectRouteValidator.Validate(resource.Deserialize(CrdJsonContext.Default.SentryProjectRoute)!.Spec).Select(static error => error.ToString()),
        _ => [],
    };

    private static IEnumerable<string> Invalid(SentryExporter exporter) =>
        SentryExporterValidator.Validate(exporter.Spec).Concat(UnsupportedSettings.Find(exporter)).Select(static error => error.ToString());
}
