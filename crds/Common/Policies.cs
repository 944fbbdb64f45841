using System.Text.Json.Serialization;

namespace SentryOtel.Crds;

/// <summary>What may be done with a Sentry project that exists already, or does not yet.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AdoptionPolicy>))]
public enum AdoptionPolicy
{
    /// <summary>Use a project that exists, and never change or delete it; create it only where autoCreateProjects allows that.</summary>
    Reference,

    /// <summary>Take over a project that exists: team and platform are kept as specified.</summary>
    Adopt,

    /// <summary>Only a project that this route creates is used; one that exists already is a conflict.</summary>
    CreateOnly,
}

/// <summary>What happens to the Sentry project when the route is deleted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeletionPolicy>))]
public enum DeletionPolicy
{
    /// <summary>The project stays in Sentry.</summary>
    Retain,

    /// <summary>The project is deleted in Sentry, but only when this route created it.</summary>
    Delete,
}
