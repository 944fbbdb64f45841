namespace SentryOtel.Otlp.Json;

/// <summary>What became of a conversion from JSON.</summary>
/// <param name="Error">Why the JSON is no Export request; null when it is one.</param>
/// <param name="NoRoom">Whether the buffer had no memory to spare.</param>
public readonly record struct JsonConversion(JsonError? Error, bool NoRoom)
{
    /// <summary>Whether the buffer now holds the request in protobuf.</summary>
    public bool IsSuccess => Error is null && !NoRoom;
}
