namespace SentryOtel.Sentry.Projects;

/// <summary>What to do with a project that was there before.</summary>
public enum AdoptionPolicy
{
    /// <summary>Send to it; never change or delete it.</summary>
    Reference,

    /// <summary>Send to it and keep its team and platform as asked for; never delete it.</summary>
    Adopt,

    /// <summary>Refuse it: only a project of one's own will do.</summary>
    CreateOnly,
}
