namespace SentryOtel.Kubernetes.Conditions;

/// <summary>What became of a status that was to be written.</summary>
public enum StatusWrite
{
    /// <summary>It says what it said: nothing was sent.</summary>
    Unchanged,

    /// <summary>Written.</summary>
    Written,

    /// <summary>The object is gone, or another one has taken its name: there is nothing to tell it.</summary>
    Gone,
}
