"""How Doorstep gets into an AWS account: the template, the zip, the deployment. Never deployed itself."""
