"""Packaging and deployment of Doorstep: template, zip, CloudFormation. Never deployed itself."""
