using System.Globalization;
using System.Text.Json.Nodes;

namespace SentryOtel.Cli.Conversion;

/// <summary>A spec that holds what was set and no defaults.</summary>
internal sealed class SpecBuilder
{
    public JsonObject Root { get; } = [];

    /// <summary>Sets a field by its path, <c>queue.maxBytes</c>; null sets nothing.</summary>
    public void Set(string path, JsonNode? value)
    {
        if (value is null)
        {
            return;
        }

        var parts = path.Split('.');
        var at = Root;
        foreach (var part in parts[..^1])
        {
            if (at[part] is not JsonObject next)
            {
                at[part] = next = [];
            }

            at = next;
        }

        at[parts[^1]] = value;
    }

    /// <summary>A key of a Secret or ConfigMap.</summary>
    public static JsonObject Reference(string name, string key) => new() { ["name"] = name, ["key"] = key };

    /// <summary>A duration in Go's notation, as the resources take it.</summary>
    public static string Duration(TimeSpan time)
    {
        var milliseconds = (long)Math.Ceiling(time.TotalMilliseconds);
        if (milliseconds % 1000 != 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        }

        var seconds = milliseconds / 1000;
        var (number, unit) = seconds switch
        {
            > 0 when seconds % 3600 == 0 => (seconds / 3600, "h"),
            > 0 when seconds % 60 == 0 => (seconds / 60, "m"),
            _ => (seconds, "s"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
    }

    /// <summary>A size in the largest binary unit that says it exactly.</summary>
    public static string Bytes(long bytes)
    {
        foreach (var (unit, factor) in (ReadOnlySpan<(string, long)>)[("Gi", 1L << 30), ("Mi", 1L << 20), ("Ki", 1L << 10)])
        {
            if (bytes % factor == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / factor}{unit}");
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
