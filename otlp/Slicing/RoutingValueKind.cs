namespace SentryOtel.Otlp.Slicing;

/// <summary>What a resource says for the routing attribute.</summary>
public enum RoutingValueKind
{
    /// <summary>The resource has no such attribute, or one without a value.</summary>
    Missing,

    /// <summary>A string of valid UTF-8; it may be empty.</summary>
    Text,

    /// <summary>A bool: routed as <c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>An integer: routed as its decimal digits.</summary>
    Integer,

    /// <summary>A double, array, map, bytes or string-table index: names no project.</summary>
    Unroutable,

    /// <summary>A string that is not UTF-8, which protobuf forbids.</summary>
    InvalidUtf8,
}
