using System.Text.Json;
using System.Text.Json.Serialization;

namespace SentryOtel.Sentry.Api;

/// <summary>Bodies of the management API. Ids come as strings from one endpoint and as numbers from the next.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TextOrNumberConverter)])]
[JsonSerializable(typeof(SentryOrganization))]
[JsonSerializable(typeof(SentryProject))]
[JsonSerializable(typeof(List<SentryProject>))]
[JsonSerializable(typeof(List<SentryTeam>))]
[JsonSerializable(typeof(SentryTeam))]
[JsonSerializable(typeof(ProjectKey))]
[JsonSerializable(typeof(List<ProjectKey>))]
[JsonSerializable(typeof(CreateProjectBody))]
[JsonSerializable(typeof(ProjectUpdate))]
[JsonSerializable(typeof(CreateTeamBody))]
[JsonSerializable(typeof(CreateKeyBody))]
internal sealed partial class SentryJson : JsonSerializerContext;

internal sealed record CreateProjectBody(
    string Name,
    string Slug,
    string Platform,
    [property: JsonPropertyName("default_rules")] bool DefaultRules);

internal sealed record CreateTeamBody(string Slug);

internal sealed record CreateKeyBody(string Name);

internal sealed class TextOrNumberConverter : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => reader.TryGetInt64(out var number) ? number.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        JsonTokenType.Null => null,
        _ => throw new JsonException("Expected a string or a number."),
    };

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
