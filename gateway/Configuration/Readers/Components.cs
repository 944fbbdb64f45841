using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary>The components of one kind (<c>receivers:</c>, <c>processors:</c> ...), each read by its type.</summary>
internal static class Components
{
    /// <summary>Reads every component of a kind; a type without a reader is an error that says what to do, or a warning where nothing uses it.</summary>
    public static Dictionary<string, T> Read<T>(
        SectionReader top, string kind, IReadOnlyDictionary<string, Func<string, SectionReader, T>> readers, IReadOnlySet<string> used)
    {
        var components = new Dictionary<string, T>(StringComparer.Ordinal);
        if (top.Section(kind) is not { } section)
        {
            return components;
        }

        foreach (var id in section.Keys.ToArray())
        {
            var body = section.Section(id)!;
            if (readers.TryGetValue(TypeOf(id), out var read))
            {
                components[id] = read(id, body);
            }
            else if (!used.Contains(id))
            {
                section.Warning(id, "the gateway has no such component; nothing uses it, so it is left out.");
            }
            else
            {
                section.Error(id, $"the gateway has no {kind.TrimEnd('s')} of type \"{TypeOf(id)}\" (it has {string.Join(", ", readers.Keys.Order(StringComparer.Ordinal))})."
                    + NearMiss.Hint(TypeOf(id), readers.Keys)
                    + " Remove it here and under service, or run it in an OpenTelemetry Collector in front of the gateway.");
            }
        }

        return components;
    }

    private static string TypeOf(string id) => id.Split('/', 2)[0];
}
