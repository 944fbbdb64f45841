namespace SentryOtel.Otlp.Checking;

/// <summary>Why Sentry would answer 200 to a span or log record and then lose it.</summary>
public enum RecordFault
{
    /// <summary>It would not.</summary>
    None,

    /// <summary>An id of a span, of its parent or of one of its links that is none.</summary>
    InvalidId,

    /// <summary>A span that ends before it starts; one without an end ends in 1970.</summary>
    InvalidTime,

    /// <summary>Above Sentry's limit for one record.</summary>
    TooLarge,
}
