using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Cli.Conversion;

/// <summary>A SentryExporter to be, and all that goes with it.</summary>
/// <param name="name">Name of the exporter.</param>
/// <param name="namespace">Null to leave it to whoever applies.</param>
internal sealed class ConvertedExporter(string name, string? @namespace)
{
    public const string TokenKey = "token";
    public const string DsnKey = "dsn";

    private readonly SortedDictionary<string, string> _secret = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _dsns = new(StringComparer.Ordinal);
    private readonly List<JsonObject> _maps = [];
    private readonly List<JsonObject> _routes = [];

    public string Name { get; } = name;

    public SpecBuilder Spec { get; } = new();

    /// <summary>The Secret of token, DSN and whatever else is confidential.</summary>
    public string SecretName => $"{Name}-credentials";

    /// <summary>The Secret of the routes' DSNs.</summary>
    public string DsnSecretName => $"{Name}-dsns";

    public int Routes => _routes.Count;

    /// <summary>The route's name: that which operator and gateway would choose, so that nobody makes a second one.</summary>
    public string RouteName(string value) => RouteObjectName.For(Name, value);

    public void Secret(string key, string value) => _secret[key] = value;

    public void RouteDsn(string value, string dsn) => _dsns[RouteName(value)] = dsn;

    public void ConfigMap(string map, string key, string text) => _maps.Add(
        Manifest("v1", "ConfigMap", map, ("data", new JsonObject { [key] = text })));

    public void Route(string value, JsonObject target)
    {
        var spec = new JsonObject { ["exporterRef"] = new JsonObject { ["name"] = Name }, ["attributeValue"] = value };
        foreach (var (key, node) in target)
        {
            spec[key] = node?.DeepClone();
        }

        _routes.Add(Manifest(SentryOtelGroup.ApiVersion, "SentryProjectRoute", RouteName(value), ("spec", spec)));
    }

    /// <summary>What to apply, in order: Secrets and bundles, the exporter, its routes.</summary>
    public IEnumerable<JsonObject> Manifests()
    {
        if (_secret.Count > 0)
        {
            yield return SecretManifest(SecretName, _secret);
        }

        if (_dsns.Count > 0)
        {
            yield return SecretManifest(DsnSecretName, _dsns);
        }

        foreach (var map in _maps)
        {
            yield return map;
        }

        yield return Manifest(SentryOtelGroup.ApiVersion, "SentryExporter", Name, ("spec", Spec.Root));
        foreach (var route in _routes)
        {
            yield return route;
        }
    }

    private JsonObject SecretManifest(string secret, SortedDictionary<string, string> values) => Manifest(
        "v1", "Secret", secret, ("stringData", new JsonObject(values.Select(static value => KeyValuePair.Create(value.Key, (JsonNode?)value.Value)))));

    private JsonObject Manifest(string apiVersion, string kind, string called, (string Key, JsonObject Value) content)
    {
        var metadata = new JsonObject { ["name"] = called };
        if (@namespace is not null)
        {
            metadata["namespace"] = @namespace;
        }

        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata, [content.Key] = content.Value };
    }
}
