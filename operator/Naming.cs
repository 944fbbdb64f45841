using System.Security.Cryptography;
using System.Text;
using SentryOtel.Crds;

namespace SentryOtel.Operator;

/// <summary>
/// Names of what the operator creates, made from names that may be longer than the new one may be. A name that has to be shortened or rewritten gets a
/// hash of the original, so that two never meet.
/// </summary>
internal static class Naming
{
    /// <summary>Slices that the routing table of one exporter may have: the gateway's Role names each of them.</summary>
    public const int MaxRoutingTableSlices = 8;

    /// <summary>Name of all that belongs to the gateway which exporters of a namespace share. That of an exporter's own ends in <c>-gateway</c>.</summary>
    public const string SharedGateway = "sentry-otel-shared";

    // No object's name has an underscore: no exporter is called so.
    private const string SharedInstance = "sentry-otel_shared";

    private const int MaxLabel = 63;

    // Pods add eleven characters for the ReplicaSet's hash and six for their own; their names are host names.
    private const int MaxWorkload = 46;

    private const int HashLength = 8;

    /// <summary>Name of the Deployment, Service, ServiceAccount and all else of an exporter's gateway.</summary>
    public static string Gateway(string exporter) => Fit(exporter, "-gateway", MaxWorkload);

    /// <summary>The same of whatever gateway serves an exporter: its own, or the one that it shares.</summary>
    public static string Gateway(SentryExporter exporter) => exporter.Spec.Gateway.Shared ? SharedGateway : Gateway(exporter.Metadata.Name!);

    /// <summary>What tells an exporter's gateway from others, as the value of a label.</summary>
    public static string Instance(SentryExporter exporter) => exporter.Spec.Gateway.Shared ? SharedInstance : LabelValue(exporter.Metadata.Name!);

    /// <summary>A name as a label's value.</summary>
    public static string LabelValue(string name) => name.Length <= MaxLabel ? name : $"{name[..(MaxLabel - HashLength - 1)].TrimEnd('-', '.')}-{Hash(name)}";

    private static string Fit(string name, string suffix, int max)
    {
        var label = Rewrite(name);
        if (label == name && name.Length + suffix.Length <= max && !char.IsAsciiDigit(name[0]))
        {
            return name + suffix;
        }

        // A Service's name starts with a letter.
        var stem = label.Length > 0 && char.IsAsciiDigit(label[0]) ? "s" + label : label;
        var room = max - suffix.Length - HashLength - 1;
        return $"{(stem.Length > room ? stem[..room] : stem).TrimEnd('-')}-{Hash(name)}{suffix}";
    }

    private static string Rewrite(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                text.Append(char.ToLowerInvariant(c));
            }
            else if (text.Length > 0 && text[^1] != '-')
            {
                text.Append('-');
            }
        }

        return text.ToString().TrimEnd('-');
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
