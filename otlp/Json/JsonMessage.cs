using System.Text;

namespace SentryOtel.Otlp.Json;

/// <summary>What is known of a message: its fields by their JSON names.</summary>
internal sealed class JsonMessage(params JsonField[] fields)
{
    /// <summary>The fields; set later for messages that contain themselves.</summary>
    public JsonField[] Fields { get; set; } = fields;
}

/// <summary>A field of a message.</summary>
/// <param name="Name">The lowerCamelCase name.</param>
/// <param name="Number">The protobuf field number.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Repeated">Whether it is an array.</param>
/// <param name="Message">The type of a message field.</param>
internal sealed record JsonField(string Name, int Number, JsonFieldKind Kind, bool Repeated = false, JsonMessage? Message = null)
{
    /// <summary>The name as a JSON reader compares it.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
}
