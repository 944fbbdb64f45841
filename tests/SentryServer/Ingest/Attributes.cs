using System.Globalization;
using System.Text.Json.Nodes;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>Attribute values as text; arrays and maps as JSON, as Sentry stores them.</summary>
internal static class Attributes
{
    public static IReadOnlyDictionary<string, string> Read(Resource? resource) => Read(resource?.Attributes ?? []);

    /// <summary>A key that is given twice keeps its last value.</summary>
    public static IReadOnlyDictionary<string, string> Read(IEnumerable<KeyValue> attributes)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            values[attribute.Key] = Text(attribute.Value);
        }

        return values;
    }

    public static string Text(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        null or AnyValue.ValueOneofCase.None => "",
        _ => Json(value)?.ToJsonString() ?? "",
    };

    private static JsonNode? Json(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => double.IsFinite(value.DoubleValue) ? value.DoubleValue : value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.ArrayValue => new JsonArray([.. value.ArrayValue.Values.Select(Json)]),
        AnyValue.ValueOneofCase.KvlistValue => Object(value.KvlistValue),
        _ => null,
    };

    private static JsonObject Object(KeyValueList list)
    {
        var fields = new JsonObject();
        foreach (var field in list.Values)
        {
            fields[field.Key] = Json(field.Value);
        }

        return fields;
    }
}
