using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SentryOtel.Sentry.Routing;

/// <summary>The routing table's document form: JSON, camelCase, absent instead of null.</summary>
public static class RoutingTableJson
{
    /// <summary>Key of the document in its ConfigMap.</summary>
    public const string DocumentKey = "routes.json";

    /// <summary>The version that this code writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Writes a slice. Equal slices give equal bytes.</summary>
    public static byte[] Serialize(RoutingTableSlice slice) =>
        JsonSerializer.SerializeToUtf8Bytes(slice, RoutingTableJsonContext.Default.RoutingTableSlice);

    /// <summary>Reads and checks a slice; <paramref name="error"/> names the field that is wrong.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out RoutingTableSlice? slice, [NotNullWhen(false)] out string? error)
    {
        slice = null;
        try
        {
            var parsed = JsonSerializer.Deserialize(json, RoutingTableJsonContext.Default.RoutingTableSlice);
            error = parsed is null ? "$: the document is null" : RoutingTableCheck.FindError(parsed);
            if (error is null)
            {
                slice = parsed!;
                return true;
            }
        }
        catch (JsonException exception)
        {
            error = $"{exception.Path ?? "$"}: not readable (line {exception.LineNumber + 1})";
        }

        return false;
    }

    internal static int SizeOf(RouteEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, RoutingTableJsonContext.Default.RouteEntry).Length;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RoutingTableSlice))]
[JsonSerializable(typeof(RouteEntry))]
internal sealed partial class RoutingTableJsonContext : JsonSerializerContext;
