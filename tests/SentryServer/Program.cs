return await SentryOtel.SentryServer.ServerCommand.Create().Parse(args).InvokeAsync();
