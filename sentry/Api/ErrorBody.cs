using System.Text;
using System.Text.Json;

namespace SentryOtel.Sentry.Api;

/// <summary>
/// What an error body says. <c>detail</c> may be text, an object with <c>message</c> and <c>code</c>, or a list; validation errors are
/// lists of messages by field; a proxy in front may answer HTML.
/// </summary>
internal sealed record ErrorBody(string Detail, string? Code, string? MovedTo, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields)
{
    private const int MaxKept = 1024;

    /// <summary>Whether it is an object, as every error body of Sentry's own.</summary>
    public bool IsSentrys { get; private init; }

    public static ErrorBody Parse(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body.ToArray());
        }
        catch (JsonException)
        {
            return new ErrorBody(Plain(body), null, null, fields);
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new ErrorBody(Cut(string.Join("; ", Messages(root))), null, null, fields);
            }

            var detail = "";
            string? code = null;
            string? movedTo = null;
            foreach (var property in root.EnumerateObject())
            {
                if (property.Name == "detail")
                {
                    detail = Cut(string.Join("; ", Messages(property.Value)));
                    code = Text(property.Value, "code");
                    movedTo ??= property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("extra", out var extra)
                        ? Text(extra, "slug")
                        : null;
                }
                else
                {
                    var messages = Messages(property.Value).Select(Cut).Take(8).ToArray();
                    if (messages.Length > 0 && fields.Count < 16)
                    {
                        fields[Cut(property.Name)] = messages;
                    }
                }
            }

            movedTo = Text(root, "slug") ?? movedTo;
            return new ErrorBody(detail, code, movedTo, fields) { IsSentrys = true };
        }
    }

    /// <summary>Everything in one line.</summary>
    public string Summary()
    {
        var parts = Fields.Select(static field => $"{field.Key}: {string.Join(" ", field.Value)}");
        return Cut(string.Join("; ", Detail.Length > 0 ? parts.Prepend(Detail) : parts));
    }

    private static IEnumerable<string> Messages(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Messages),
        JsonValueKind.Object => Text(element, "message") is { } message ? [message] : Text(element, "code") is { } code ? [code] : [],
        _ => [],
    };

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Plain(ReadOnlySpan<byte> body) => Cut(Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxKept)]));

    private static string Cut(string text)
    {
        var line = string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= MaxKept ? line : line[..MaxKept];
    }
}
