using System.Text.Json.Nodes;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>The forms that answers take across versions: three of errors, and objects with more and less in them than a client expects.</summary>
internal static class AnswerForms
{
    /// <summary>Fields that some version or other leaves null.</summary>
    private static readonly string[] Optional = ["platform", "team", "teams", "dateCreated", "name", "label", "firstEvent", "latestRelease", "avatar"];

    public static ApiAnswer Apply(ApiAnswer answer, Modes modes)
    {
        if (answer.Status >= 400)
        {
            return modes.DetailForm == DetailForm.Text || answer.Body is not JsonObject error || (string?)error["detail"] is not { } text
                ? answer
                : answer with { Body = Detailed(error, text, modes.DetailForm) };
        }

        if (!modes.UnknownFields || answer.Body is null)
        {
            return answer;
        }

        var body = answer.Body.DeepClone();
        Strain(body);
        return answer with { Body = body };
    }

    private static JsonNode Detailed(JsonObject error, string text, DetailForm form)
    {
        var body = error.DeepClone();
        body["detail"] = form == DetailForm.Object ? new JsonObject { ["message"] = text, ["extra"] = new JsonObject() } : new JsonArray(text);
        return body;
    }

    private static void Strain(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    Strain(item);
                }

                break;
            case JsonObject item:
                foreach (var name in Optional.Where(item.ContainsKey))
                {
                    item[name] = null;
                }

                foreach (var (_, value) in item.ToArray())
                {
                    Strain(value);
                }

                item["fieldOfTomorrow"] = new JsonObject { ["list"] = new JsonArray(1, null, "text"), ["number"] = 1.5e300 };
                break;
        }
    }
}
