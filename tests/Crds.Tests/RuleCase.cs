using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds.Tests;

/// <summary>A spec, and everything the rules say against it.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Kind">SentryExporter or SentryProjectRoute.</param>
/// <param name="Spec">The spec as YAML's flow form, which JSON is.</param>
/// <param name="Errors">Path and message of each broken rule, in no order; empty for a valid spec.</param>
internal sealed record RuleCase(string Name, string Kind, string Spec, params FieldError[] Errors)
{
    /// <summary>The whole object.</summary>
    public JsonObject Manifest(string name) => new()
    {
        ["apiVersion"] = SentryOtelGroup.ApiVersion,
        ["kind"] = Kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = JsonNode.Parse(Spec),
    };

    /// <summary>What the validator of the kind says.</summary>
    public IReadOnlyList<FieldError> Validate() => Kind == "SentryExporter"
        ? SentryExporterValidator.Validate(JsonSerializer.Deserialize(Spec, CrdJsonContext.Default.SentryExporterSpec)!)
        : SentryProjectRouteValidator.Validate(JsonSerializer.Deserialize(Spec, CrdJsonContext.Default.SentryProjectRouteSpec)!);

    public override string ToString() => $"{Kind}: {Name}";
}
