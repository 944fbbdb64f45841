using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentryOtel.SentryServer.Management;

/// <summary>Reads the fields of a body and gathers what is wrong with them, as one 400 names all bad fields.</summary>
internal sealed class BodyFields(JsonObject body)
{
    private readonly JsonObject _errors = [];

    public bool Has(string name) => body.ContainsKey(name);

    public bool IsNull(string name) => body.TryGetPropertyValue(name, out var node) && node is null;

    /// <summary>The 400, when a field was bad.</summary>
    public ApiAnswer? Problem => _errors.Count == 0 ? null : new ApiAnswer(400, _errors.DeepClone());

    public void Fail(string name, string message)
    {
        if (_errors[name] is JsonArray messages)
        {
            messages.Add(message);
        }
        else
        {
            _errors[name] = new JsonArray(message);
        }
    }

    /// <summary>A text field; null when it is absent or null.</summary>
    public string? Text(string name, int maxLength, bool required = false)
    {
        if (body[name] is not { } node)
        {
            if (required)
            {
                Fail(name, Has(name) ? "This field may not be null." : "This field is required.");
            }

            return null;
        }

        if (node.GetValueKind() != JsonValueKind.String)
        {
            Fail(name, "Not a valid string.");
            return null;
        }

        var text = node.GetValue<string>().Trim();
        if (text.Length == 0)
        {
            Fail(name, "This field may not be blank.");
        }
        else if (text.Length > maxLength)
        {
            Fail(name, $"Ensure this field has no more than {maxLength} characters.");
        }

        return text;
    }

    public bool? Flag(string name)
    {
        var kind = body[name]?.GetValueKind();
        if (kind is null or JsonValueKind.True or JsonValueKind.False)
        {
            return kind is null ? null : kind == JsonValueKind.True;
        }

        Fail(name, "Must be a valid boolean.");
        return null;
    }

    /// <summary>A list of texts; null when it is absent.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        switch (body[name])
        {
            case null:
                return null;
            case JsonArray items when items.All(item => item?.GetValueKind() == JsonValueKind.String):
                return [.. items.Select(item => item!.GetValue<string>())];
            default:
                Fail(name, "Expected a list of strings.");
                return null;
        }
    }

    /// <summary>The two numbers of a key's rate limit; null when it is absent, null, or switched off by a zero.</summary>
    public State.KeyRateLimit? RateLimit(string name)
    {
        if (body[name] is not { } node)
        {
            return null;
        }

        if (node is not JsonObject limit || !TryInteger(limit["count"], out var count) || !TryInteger(limit["window"], out var window) || count < 0 || window is < 0 or > 86_400)
        {
            Fail(name, "Give count (0 or more) and window (0 to 86400 seconds).");
            return null;
        }

        return count == 0 || window == 0 ? null : new State.KeyRateLimit(window, count);
    }

    private static bool TryInteger(JsonNode? node, out int number)
    {
        number = 0;
        return node is null || (node is JsonValue value && value.TryGetValue(out number));
    }
}
